#include "cli/alembic_program.h"

namespace sluice::cli {

// Alembic itself reads the directory, loads env.py in offline mode and runs each revision's two
// functions, whose SQL it writes as text. Neither transactions nor the version table are a
// revision's, so they are never part of that text.
const char* const kAlembicProgram = R"python(
import io, json, os, re, sys, traceback

class Unusable(Exception):
    pass

def layout(directory):
    """The ini file, the script directory (None: the ini says it), and whether Flask has to load."""
    directory = os.path.abspath(directory)
    def ini(path):
        return os.path.isfile(os.path.join(path, "alembic.ini"))
    def environment(path):
        return os.path.isfile(os.path.join(path, "env.py"))
    for scripts in (directory, os.path.join(directory, "migrations")):
        if ini(scripts) and environment(scripts):
            with open(os.path.join(scripts, "env.py"), encoding="utf-8") as file:
                flask = "current_app" in file.read()
            return os.path.join(scripts, "alembic.ini"), scripts, flask
    if ini(directory):
        return os.path.join(directory, "alembic.ini"), None, False
    parent = os.path.dirname(directory)
    if environment(directory) and ini(parent):
        return os.path.join(parent, "alembic.ini"), directory, False
    raise Unusable("there is no alembic.ini in %s" % directory)

def as_list(value):
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)

def created(module):
    found = re.search(r"^Create Date:[ \t]*(\S+)(?:[ \t]+(\S+))?", module.__doc__ or "", re.M)
    return "T".join(part.split(".")[0] for part in found.groups() if part) if found else ""

def has_tabs(module):
    with open(module.__file__, encoding="utf-8") as file:
        text = file.read()
    return "\t" in text or "\\t" in text

def asks_database(kind, value, trace):
    """Whether it is what comes of asking a database while there is none: offline, a connection is one in name only,
    and what is executed answers with None."""
    if kind is NotImplementedError:
        return "sqlalchemy" in traceback.extract_tb(trace)[-1].filename
    if kind.__name__ in ("NoInspectionAvailable", "UnboundExecutionError"):
        return True
    return kind.__name__ in ("AttributeError", "TypeError", "ArgumentError") and (
        "NoneType" in str(value) or "MockConnection" in str(value))

def refuse_parameters(connection):
    """Offline, what get_bind().execute() is given beside the statement would be left out, and NULL written in its place."""
    written = connection.execute
    def execute(construct, *multiparams, **params):
        if any(multiparams) or params:
            raise ValueError("offline, Alembic leaves out the parameters that execute() is given; bind them to the "
                             "statement: text(...).bindparams(...), insert().values(...)")
        return written(construct)
    connection.execute = execute

def sql_of(context, module, function):
    context.impl.output_buffer = io.StringIO()
    try:
        getattr(module, function)()
        return {"sql": context.impl.output_buffer.getvalue()}
    except (Exception, SystemExit):
        kind, value, trace = sys.exc_info()
    asks = asks_database(kind, value, trace)
    if kind is NotImplementedError and function == "downgrade" and not asks:
        return None
    lines = [frame.lineno for frame in traceback.extract_tb(trace)
             if os.path.abspath(frame.filename) == os.path.abspath(module.__file__)]
    return {"error": traceback.format_exception_only(kind, value)[-1].splitlines()[0],
            "line": lines[-1] if lines else 1, "asks": asks}

def collect(config, found):
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    directory = ScriptDirectory.from_config(config)
    def convert(_, context):
        dialect = context.dialect
        found["dialect"] = dialect.name
        if dialect.name != "postgresql":
            raise Unusable("env.py is for %s, not for postgresql; have it configure a PostgreSQL URL"
                           % dialect.name)
        # The text is for PostgreSQL, not for a driver that would look for %s in it.
        dialect.paramstyle = "named"
        dialect.identifier_preparer._double_percents = False
        context.impl.literal_binds = True
        refuse_parameters(context.connection)
        written = context.impl.output_buffer
        for script in reversed(list(directory.walk_revisions())):
            module = script.module
            found["revisions"].append({
                "id": script.revision,
                "revises": as_list(script.down_revision),
                "depends_on": as_list(getattr(module, "depends_on", None)),
                "labels": as_list(getattr(module, "branch_labels", None)),
                "message": (script.doc or "").strip(),
                "created": created(module),
                "file": os.path.relpath(module.__file__, directory.dir),
                "tabs": has_tabs(module),
                "up": sql_of(context, module, "upgrade"),
                "down": sql_of(context, module, "downgrade"),
            })
        context.impl.output_buffer = written
        return []
    with EnvironmentContext(config, directory, fn=convert, as_sql=True, starting_rev=None,
                            destination_rev="heads"):
        directory.run_env()

def main(source, answer):
    found = {"dialect": "", "revisions": []}
    try:
        ini, scripts, flask = layout(source)
        try:
            from alembic.config import Config
        except ImportError:
            raise Unusable("%s has no module alembic" % sys.executable)
        # Where `alembic` and `flask db` are run: their files name others from there.
        os.chdir(os.path.dirname(scripts if flask else ini))
        if scripts and not flask and os.path.dirname(ini) == scripts:
            os.chdir(os.path.dirname(scripts))
        sys.path.insert(0, os.getcwd())
        config = Config(ini, stdout=io.StringIO(), output_buffer=io.StringIO())
        if scripts:
            config.set_main_option("script_location", scripts.replace("%", "%%"))
        if flask:
            from flask.cli import ScriptInfo, load_dotenv
            load_dotenv()
            with ScriptInfo(os.environ.get("FLASK_APP")).load_app().app_context():
                collect(config, found)
        else:
            collect(config, found)
    except Unusable as error:
        found = {"error": str(error)}
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        found = {"error": "%s: %s" % (type(error).__name__, error)}
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(found, file)

main(sys.argv[1], sys.argv[2])
)python";

}  // namespace sluice::cli
