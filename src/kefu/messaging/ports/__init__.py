"""The ports by which messages leave: text messages over HTTP or SMPP, mail, the official account of WeChat, a screen."""
