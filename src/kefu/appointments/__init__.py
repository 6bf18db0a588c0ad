"""Bookings of customers with doctors: clinic schedules, free slots, and appointments that can never overlap."""
