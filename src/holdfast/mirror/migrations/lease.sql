-- Takes the lease of a mailbox if it is free or run out, and answers all that a tending begins with, as one JSON text:
-- NULL where somebody else holds it. Outside of a wider transaction the workspace set here ends with the statement.
CREATE FUNCTION mirror_take_lease(p_mailbox bigint, p_holder text, p_now timestamptz, p_until timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_epoch bigint;
    v_mailbox jsonb;
    v_workspaces uuid[];
    v_workspace uuid;
    v_part jsonb;
    v_calendars jsonb := '[]';
BEGIN
    UPDATE mirror_lease SET epoch = epoch + 1, holder = p_holder, until = p_until
     WHERE mailbox_id = p_mailbox AND (until IS NULL OR until <= p_now)
    RETURNING epoch INTO v_epoch;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT to_jsonb(m), m.workspaces INTO v_mailbox, v_workspaces FROM mirror_mailbox m WHERE m.id = p_mailbox;
    FOREACH v_workspace IN ARRAY v_workspaces LOOP
        PERFORM set_config('app.workspace', v_workspace::text, true);
        SELECT coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object(
                   'connection', to_jsonb(k) - 'sealed_secret',
                   'mappings', (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('zone', r.zone)
                                                     ORDER BY m.created_at, m.id), '[]')
                                  FROM mirror_mapping m JOIN directory_resource r ON r.id = m.resource_id
                                 WHERE m.calendar_id = c.id AND m.state IN ('working', 'paused')),
                   'has_unsettled', EXISTS (SELECT FROM mirror_link l
                                             WHERE l.mailbox_id = p_mailbox AND l.calendar_id = c.id AND l.is_unsettled
                                               AND (l.due_at IS NULL OR l.due_at <= p_now))
               ) ORDER BY c.id), '[]')
          INTO v_part
          FROM mirror_calendar c JOIN mirror_connection k ON k.id = c.connection_id
         WHERE c.mailbox_id = p_mailbox
           AND EXISTS (SELECT FROM mirror_mapping m WHERE m.calendar_id = c.id AND m.state IN ('working', 'paused'));
        v_calendars := v_calendars || v_part;
    END LOOP;
    RETURN jsonb_build_object('epoch', v_epoch, 'mailbox', v_mailbox, 'calendars', v_calendars);
END $$;

-- Ends a tending: stores what it has to say about the mailbox and about calendars in which nothing had changed, gives
-- the lease back, and answers whether somebody rang or stirred meanwhile. NULL where the lease was lost: then the
-- caller must not commit.
CREATE FUNCTION mirror_rest(p_mailbox bigint, p_epoch bigint, p_now timestamptz, p_report jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_look jsonb;
    v_workspaces uuid[];
    v_workspace uuid;
    v_found timestamptz;
    v_link_due timestamptz;
    v_answer jsonb;
BEGIN
    UPDATE mirror_lease SET holder = '', until = NULL
     WHERE mailbox_id = p_mailbox AND epoch = p_epoch AND until IS NOT NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR v_look IN SELECT * FROM jsonb_array_elements(p_report -> 'looks') LOOP
        PERFORM set_config('app.workspace', v_look ->> 'workspace', true);
        UPDATE mirror_calendar
           SET cursor = v_look ->> 'cursor', observed_at = (v_look ->> 'observed_at')::timestamptz
         WHERE id = (v_look ->> 'calendar')::uuid;
    END LOOP;
    SELECT workspaces INTO v_workspaces FROM mirror_mailbox WHERE id = p_mailbox;
    FOREACH v_workspace IN ARRAY v_workspaces LOOP
        PERFORM set_config('app.workspace', v_workspace::text, true);
        SELECT min(coalesce(due_at, '-infinity')) INTO v_found
          FROM mirror_link WHERE mailbox_id = p_mailbox AND is_unsettled;
        v_link_due := least(v_link_due, v_found);
    END LOOP;
    UPDATE mirror_mailbox
       SET heard_count = greatest(heard_count, (p_report ->> 'heard')::bigint),
           settled_count = greatest(settled_count, (p_report ->> 'settled')::bigint),
           state = p_report ->> 'state',
           words = p_report ->> 'words',
           failures = (p_report ->> 'failures')::int,
           not_before = (p_report ->> 'not_before')::timestamptz,
           wrote_at = CASE WHEN (p_report ->> 'wrote')::boolean THEN p_now ELSE wrote_at END,
           unproven_since = CASE WHEN (p_report ->> 'wrote')::boolean THEN coalesce(unproven_since, p_now)
                                 ELSE unproven_since END,
           due_at = least((p_report ->> 'due_at')::timestamptz, nullif(v_link_due, '-infinity'),
                          CASE WHEN (p_report ->> 'subscribes')::boolean THEN subscription_due_at END)
     WHERE id = p_mailbox
    RETURNING jsonb_build_object(
        'again', (rung_count > heard_count OR stirred_count > settled_count OR coalesce(v_link_due <= p_now, false))
                 AND (not_before IS NULL OR not_before <= p_now),
        'due_at', due_at)
      INTO v_answer;
    RETURN v_answer;
END $$;
