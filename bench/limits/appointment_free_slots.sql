-- Limit of `appointment.free_slots.month`.
-- Reads: the slots of a doctor at a centre that are free from the first to the last day: the rows in force, holidays, make-up workdays and
-- days on which the centre stays closed, less leave and bookings. One statement. Not included: extra hours, kinds of appointment, sessions,
-- buffers, and the bookings of others in the same room.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
), worked AS (
    SELECT days.day, coalesce(makeup.works_as, extract(isodow FROM days.day)::int - 1) AS weekday
    FROM days JOIN organisation_node node ON node.id = %(node)s JOIN worktime_calendar calendar ON calendar.code = node.calendar_code
    LEFT JOIN worktime_makeupworkday makeup ON makeup.country = calendar.holidays AND makeup.day = days.day AND calendar.makeup_workdays
    WHERE NOT EXISTS (SELECT FROM worktime_closedday closed WHERE closed.node_id = node.id AND closed.day = days.day)
      AND (makeup.id IS NOT NULL OR NOT EXISTS (
          SELECT FROM worktime_holiday holiday WHERE holiday.country = calendar.holidays AND holiday.day = days.day))
      AND EXISTS (SELECT FROM worktime_openinghours hours WHERE hours.calendar_id = calendar.id
                  AND hours.weekday = coalesce(makeup.works_as, extract(isodow FROM days.day)::int - 1))
), taken AS MATERIALIZED (
    SELECT coalesce(blocked, during) AS span FROM appointments_appointment
    WHERE doctor_id = %(doctor)s AND status IN ('held', 'booked', 'arrived', 'completed')
      AND coalesce(blocked, during) && tstzrange(%(first)s::timestamp AT TIME ZONE 'Asia/Shanghai', (%(last)s::timestamp + interval '1 day') AT TIME ZONE 'Asia/Shanghai')
), slots AS (
    SELECT start, start + make_interval(mins => clinic.slot_minutes) AS ending
    FROM worked JOIN appointments_clinicschedule clinic ON clinic.doctor_id = %(doctor)s AND clinic.node_id = %(node)s
        AND clinic.weekday = worked.weekday AND clinic.valid_from <= worked.day AND (clinic.valid_to IS NULL OR worked.day < clinic.valid_to)
    CROSS JOIN LATERAL generate_series(
        (worked.day + clinic.opens) AT TIME ZONE 'Asia/Shanghai',
        (worked.day + clinic.closes) AT TIME ZONE 'Asia/Shanghai' - make_interval(mins => clinic.slot_minutes),
        make_interval(mins => clinic.slot_minutes)) AS start
)
SELECT start, ending FROM slots
WHERE start > %(at)s
  AND NOT EXISTS (SELECT FROM taken WHERE taken.span && tstzrange(slots.start, slots.ending))
  AND NOT EXISTS (
      SELECT FROM appointments_scheduleexception away WHERE away.doctor_id = %(doctor)s AND away.kind = 'leave'
      AND away.day = (slots.start AT TIME ZONE 'Asia/Shanghai')::date
      AND coalesce(away.opens, '00:00') < (slots.ending AT TIME ZONE 'Asia/Shanghai')::time
      AND (away.closes IS NULL OR (slots.start AT TIME ZONE 'Asia/Shanghai')::time < away.closes))
ORDER BY start
