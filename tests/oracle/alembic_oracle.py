"""What Debian's Alembic answers, in this process and without a database."""
import warnings

from alembic.script.revision import Revision, RevisionError, RevisionMap


def revision_map(graph):
    return RevisionMap(lambda: [
        Revision(node.id, tuple(node.revises) or None, tuple(node.depends_on) or None,
                 tuple(node.labels) or None) for node in graph.nodes])


class Answer:
    """Either `steps`, or `refusal`: why there are none."""

    def __init__(self, steps=None, refusal=None, warned=False):
        self.steps, self.refusal, self.warned = steps, refusal, warned


def plan(graph, heads, down, target):
    """As ScriptDirectory's _upgrade_revs and _downgrade_revs ask."""
    # A map of its own for each question: it keeps state.
    map_ = revision_map(graph)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if down:
                found = list(map_.iterate_revisions(tuple(heads), target, select_for_downgrade=True))
            else:
                found = list(map_.iterate_revisions(target, tuple(heads), implicit_base=True))[::-1]
        # Alembic refuses by its own error, and by an assertion where a walk left the graph.
        except (RevisionError, AssertionError) as error:
            return Answer(refusal=f"{type(error).__name__}: {error}")
    ambiguous = any("multiple heads is ambiguous" in str(each.message) for each in caught)
    return Answer(steps=[revision.revision for revision in found], warned=ambiguous)
