CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION other() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';

-- pair: one
-- new
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION on_ddl();

-- pair: event, tags and function
-- old
CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION on_ddl();
-- new
CREATE EVENT TRIGGER e ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION other();

-- pair: enabled states and comment
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION on_ddl();
CREATE EVENT TRIGGER h ON ddl_command_end EXECUTE FUNCTION on_ddl();
-- old
ALTER EVENT TRIGGER e DISABLE;
COMMENT ON EVENT TRIGGER e IS 'one';
-- new
ALTER EVENT TRIGGER h ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER h IS 'two';
