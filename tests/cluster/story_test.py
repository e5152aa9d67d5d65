"""From one kubectl apply to a released Deployment, by each way of applying."""
import concurrent.futures

import pytest

from harness.releases import CARRIER, FIRST, PRICE, SEATS
from harness.story import Story, created, template_asks_for
from harness.world import condition_of, facts_of

MODES = ["client", "server", "replace"]


@pytest.fixture(scope="module")
def stories(cluster, operator):
    """Told side by side."""
    all_of_them = [Story(cluster, operator, mode) for mode in MODES]
    with concurrent.futures.ThreadPoolExecutor(len(MODES)) as pool:
        list(pool.map(Story.live, all_of_them))
    yield {story.mode: story for story in all_of_them}
    for story in all_of_them:
        story.world.end()


@pytest.fixture(params=MODES)
def story(stories, request):
    return stories[request.param]


@pytest.fixture(autouse=True)
def say_where_it_ended(story):
    """A test that meets what was never recorded fails of that; this says why."""
    yield
    if story.ended:
        print(story.ended)


def test_the_story_comes_to_its_end(story):
    assert story.ended is None, story.ended


def test_a_new_template_is_paused_in_the_write_that_brings_it(story):
    first = next(item for _, _, item in story.writes.seen if template_asks_for(CARRIER)(item))
    assert first["spec"]["paused"] is True
    assert story.right_after_two["spec"]["paused"] is True or \
        story.right_after_two["metadata"]["generation"] > first["metadata"]["generation"]


@pytest.mark.parametrize("revision, release", [(CARRIER, "2"), (SEATS, "3-fixed")])
def test_no_pod_of_a_new_template_is_created_before_its_revision_is_applied(story, revision, release):
    applied = (story.applied_two if release == "2" else story.applied_fixed)[revision]
    pods = [pod for pod in story.pods.objects() if template_asks_for(revision)(pod)]
    assert pods
    # The API server writes whole seconds.
    assert min(map(created, pods)) >= int(applied)
    assert all(told > applied for told, _, pod in story.pods.seen if template_asks_for(revision)(pod))


def test_no_replica_set_of_the_new_template_is_created_before_the_revision_is_applied(story):
    made = story.audited(resource="replicasets", verb="create", code=201)
    assert len(made) == 2, made
    for request, revision in zip(made, (CARRIER, SEATS)):
        assert request.received > story.applied_fixed[revision], request


def test_a_client_of_the_service_sees_no_failure(story):
    assert story.polled["failures"] == []
    assert story.polled["requests"] > 200


def test_one_job_runs_for_a_release(story):
    """Five times the inputs changed after release 1: 2, 3, back to 2, 3 again, 3 corrected."""
    made = story.audited(resource="jobs", verb="create", code=201)
    assert len(made) == 5, story.runs_seen()


def test_every_step_is_a_condition(story):
    for kind in ("Ready", "Planned", "BackedUp", "Applied", "Verified", "Released"):
        assert condition_of(story.migrations["2"], kind)["status"] == "True", kind
    for kind in ("Reconciling", "Stalled"):
        assert condition_of(story.migrations["2"], kind)["status"] == "False", kind


def test_ready_is_false_while_it_works(story):
    generation = story.migrations["2"]["metadata"]["generation"]
    states = [condition_of(item, "Ready").get("status") for item in story.migration_states.objects()
              if item["metadata"]["generation"] == generation]
    assert "False" in states
    assert "True" not in states[:states.index("False")]


def test_the_observed_generation_never_goes_back(story):
    observed = [item["status"]["observedGeneration"] for item in story.migration_states.objects()]
    assert observed == sorted(observed)


def test_reconciling_and_stalled_are_never_both_true(story):
    for item in story.migration_states.objects():
        both = [condition_of(item, kind).get("status") for kind in ("Reconciling", "Stalled")]
        assert both != ["True", "True"]


def test_the_table_tells_where_it_stands(story):
    head, row = story.table.splitlines()
    assert head.split() == ["NAME", "READY", "PHASE", "REVISION", "PENDING", "AGE"]
    assert row.split()[:5] == ["trips", "True", "Ready", CARRIER, "0"]


def test_kubectl_wait_returns(story):
    assert story.waited.returncode == 0, story.waited.stderr
    assert "condition met" in story.waited.stdout


@pytest.mark.parametrize("reason", ["RunStarted", "BackedUp", "Applied", "Held", "Released"])
def test_events_are_on_it(story, reason):
    assert reason in {event["reason"] for event in story.world.events()}


def test_the_new_pods_read_the_new_column(story):
    assert story.served["2"]["version"] == 2
    assert all("carrier" in trip for trip in story.served["2"]["trips"])


def test_the_archive_restores_to_what_was_there_before(story):
    assert story.restored == story.before_two
    assert "carrier" not in story.restored_columns and "seats" in story.restored_columns


def test_what_failed_is_rolled_back_and_what_came_before_stays(story):
    assert set(story.applied_three) == {FIRST, CARRIER, PRICE}
    assert "price_cents" in story.columns_three
    assert story.constraints_three == []


def test_the_old_version_serves_while_the_new_one_is_held(story):
    for step in ("3-broken", "3-broken-again"):
        assert story.deployments[step]["spec"]["paused"] is True
        assert story.served[step]["version"] == 2
    assert story.deployments["3-broken"]["status"]["readyReplicas"] == 2


@pytest.mark.parametrize("word", [
    "05b8c7d2ea96_require_seats.sql:6: ", "statement 1 of 1", "trips_have_seats",
    "is violated by some row"])
def test_the_condition_names_file_line_statement_and_postgresqls_words(story, word):
    for kind in ("Stalled", "Applied"):
        assert word in condition_of(story.migrations["3-broken"], kind)["message"]


def test_taking_the_change_back_leaves_nothing_held(story):
    assert not story.deployments["taken-back"]["spec"].get("paused")
    assert condition_of(story.migrations["taken-back"], "Ready")["status"] == "True"
    assert condition_of(story.migrations["taken-back"], "Released")["status"] == "True"


def test_a_corrected_revision_releases_without_another_touch(story):
    assert story.served["3-fixed"]["version"] == 3
    assert set(story.applied_fixed) == {FIRST, CARRIER, PRICE, SEATS}
    assert all("price_cents" in trip for trip in story.served["3-fixed"]["trips"])


def test_each_revision_took_effect_once(story):
    assert story.times_applied == {FIRST: 1, CARRIER: 1, PRICE: 1, SEATS: 1}
    assert story.applied_fixed.items() >= story.applied_three.items() >= story.applied_two.items()


def test_applying_again_unchanged_writes_nothing(story):
    unasked = list(story.writes_when_unchanged)
    if story.mode == "replace":
        # A manifest that is put in the object's place takes its finalizer away; it is put back, once.
        back = [request for request in unasked
                if (request.resource, request.subresource) == ("schemamigrations", "")]
        assert len(back) == 1
        unasked.remove(back[0])
    assert unasked == []
    assert story.jobs["applied-again"] == story.jobs["3-fixed"]
    assert facts_of(story.deployments["applied-again"]) == facts_of(story.deployments["3-fixed"])


def test_the_deployment_differs_from_its_manifest_in_one_annotation(story):
    metadata, spec = facts_of(story.deployments["applied-again"])
    manifests, manifests_spec = facts_of(story.ungated)
    assert spec == manifests_spec
    assert set(metadata["annotations"]) == {"sluice.dev/released-template"}
    del metadata["annotations"], manifests["annotations"]
    assert metadata == manifests | {"namespace": story.world.namespace}


def test_the_operator_owns_no_field_but_its_annotation(story):
    for entry in story.deployments["applied-again"]["metadata"]["managedFields"]:
        if "sluice" in entry["manager"]:
            assert set(entry["fieldsV1"]) == {"f:metadata"}, entry
            assert set(entry["fieldsV1"]["f:metadata"]) == {"f:annotations"}, entry


def test_deleting_it_leaves_the_deployment_as_its_owner_wrote_it(story):
    assert story.gone
    metadata, spec = facts_of(story.deployments["deleted"])
    assert metadata["annotations"] == {} and "finalizers" not in metadata
    assert spec == facts_of(story.ungated)[1]


def test_the_status_never_claims_more_than_the_database_holds(story):
    for told, _, item in story.migration_states.seen:
        for revision in item["status"].get("revision", {}).get("current", "").split(", "):
            if revision:
                assert story.applied_fixed[revision] < told
