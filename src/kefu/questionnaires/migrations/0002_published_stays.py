"""A published version's questions never change again: sheets filled in on it keep their meaning."""

from django.db import migrations

CREATE = """
CREATE FUNCTION questionnaire_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (NEW.definition IS DISTINCT FROM OLD.definition OR NEW.number <> OLD.number
        OR NEW.questionnaire_id <> OLD.questionnaire_id OR NEW.state = 'draft') THEN
        RAISE EXCEPTION 'a published questionnaire version cannot change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER questionnaire_published_stays BEFORE UPDATE ON questionnaires_questionnaireversion
    FOR EACH ROW EXECUTE FUNCTION questionnaire_published_stays();
"""
DROP = """
DROP TRIGGER questionnaire_published_stays ON questionnaires_questionnaireversion;
DROP FUNCTION questionnaire_published_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
