"""Documents as files: there and back, checked together, nothing overwritten."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sojourn.app.collecting.webhooks import add_webhook, preset_text, remove_webhook
from sojourn.app.documents.filing import apply, plan
from sojourn.app.segmenting.documents import (
    apply_stages,
    countable,
    keep_segment,
    kept_segments,
    set_active,
)
from sojourn.app.stage_models import applied_model
from sojourn.base.errors import InputError
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.ports.workspace import OvertakenError
from sojourn.segments.document import read_segment
from sojourn.segments.errors import SegmentError
from sojourn.stages.document import read_model

STAGES = """sojourn: stages/1
stages:
  - key: {first}
    title: First
    enter:
      - events: [visit]
  - key: bought
    title: Bought
    enter:
      - events: [order]
"""
KEEN = "sojourn: segment/1\nkey: keen\nwho: {events: order, at_least: 2, within: 3d}\n"
LOOKING = "sojourn: segment/1\nkey: looking\nwho: {stage: looking}\n"


@pytest.fixture
def shop(tmp_path):
    workspace = open_workspace(tmp_path / "shop", create=True)
    apply_stages(workspace.documents, read_model(STAGES.format(first="looking")), who="ann")
    for text in (KEEN, LOOKING):
        keep_segment(workspace.documents, read_segment(text), who="ann")
    for name in ("shopify", "stripe"):
        add_webhook(workspace.documents, preset_text(name), source=name, who="ann")
    remove_webhook(workspace.documents, "stripe", who="ann")
    return tmp_path / "shop"


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["docs", *map(str, arguments)])
    if isinstance(done.exception, InputError):
        assert code == 2, done.exception.message
        return done.exception.message
    assert done.exit_code == code, done.output
    return done.output


def changes(*arguments: object) -> dict[str, str]:
    said = run(*arguments, "--json")
    rows = json.loads(said[said.index("{") :])["documents"]  # behind what is said of doubts
    return {row["path"]: row["change"] for row in rows}


FILES = ["segments/keen.yaml", "segments/looking.yaml", "stages.yaml", "webhooks/shopify.yaml"]


def test_what_is_exported_makes_the_same_workspace_elsewhere(shop, tmp_path) -> None:
    folder, other = tmp_path / "docs", tmp_path / "other"
    said = run("export", folder, "-w", shop)
    assert "4 documents written" in said
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    assert there == FILES
    open_workspace(other, create=True)
    assert set(changes("apply", folder, "-w", other, "--dry-run").values()) == {"new"}
    assert applied_model(open_workspace(other).documents) is None
    run("apply", folder, "-w", other, "--who", "git", "--why", "first")
    before, after = open_workspace(shop).documents, open_workspace(other).documents
    for kind, ident in (("stages", "main"), ("segment", "keen"), ("segment", "looking"),
                        ("webhook", "shopify")):  # fmt: skip
        kept = after.get(kind, ident)
        assert kept.body == before.get(kind, ident).body
        assert (kept.version, kept.who, kept.why) == (1, "git", "first")
    assert set(changes("apply", folder, "-w", other).values()) == {"same"}
    assert set(changes("export", folder, "-w", other).values()) == {"same"}
    assert after.get("segment", "keen").version == 1


def test_a_file_keeps_its_own_words_and_comments_while_it_says_the_same(shop, tmp_path) -> None:
    folder = tmp_path / "docs"
    run("export", folder, "-w", shop)
    file = folder / "segments" / "keen.yaml"
    mine = "# for the spring offer\nsojourn: segment/1\nkey: keen\nwho:\n  events: order\n"
    file.write_text(mine + "  at_least: 2\n  within: 3d\n", "utf-8")
    assert changes("export", folder, "-w", shop)["segments/keen.yaml"] == "same"
    assert file.read_text("utf-8").startswith("# for the spring")
    file.write_text(mine + "  at_least: 5\n", "utf-8")
    assert changes("apply", folder, "-w", shop) == {
        "stages.yaml": "same", "segments/keen.yaml": "changed", "segments/looking.yaml": "same",
        "webhooks/shopify.yaml": "same",
    }  # fmt: skip
    documents = open_workspace(shop).documents
    assert [each.version for each in documents.history("segment", "keen")] == [1, 2]
    set_active(documents, "keen", active=False, who="ann")
    assert "keen.yaml" in run("export", folder, "-w", shop, code=2)
    assert changes("export", folder, "-w", shop, "--dry-run")["segments/keen.yaml"] == "changed"
    assert "active" not in file.read_text("utf-8")
    run("export", folder, "-w", shop, "--overwrite")
    assert "active: false" in file.read_text("utf-8")
    hook = folder / "webhooks" / "shopify.yaml"
    hook.write_text("# ours\n" + hook.read_text("utf-8"), "utf-8")
    assert changes("apply", folder, "-w", shop)["webhooks/shopify.yaml"] == "same"
    run("export", folder, "-w", shop)
    assert hook.read_text("utf-8").startswith("# ours")


def test_what_is_on_one_side_alone_stays_and_is_named(shop, tmp_path) -> None:
    folder = tmp_path / "docs"
    run("export", folder, "-w", shop)
    (folder / "segments" / "keen.yaml").unlink()
    (folder / "segments" / "more.yaml").write_text(KEEN.replace("keen", "more"), "utf-8")
    (folder / "README.yaml").write_text("notes", "utf-8")
    assert "· segments/more.yaml  is in no document" in run("export", folder, "-w", shop)
    (folder / "segments" / "keen.yaml").unlink()
    said = run("apply", folder, "-w", shop)
    assert "· segments/keen.yaml  has no file: left as it is" in said
    assert "+ segments/more.yaml" in said
    assert "? README.yaml is the place of no document" in said
    assert open_workspace(shop).documents.get("segment", "keen") is not None


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("segments/eager.yaml", KEEN, "holds 'keen'"),
        ("segments/keen.yaml", "sojourn: segment/1\nkey: keen\nwho: {stage: nowhere}\n", "nowhere"),
        (
            "segments/keen.yaml",
            "sojourn: segment/1\nkey: keen\nwho: {where: p matches '('}\n",
            "regular",
        ),
        ("stages.yaml", STAGES.format(first="seen"), "looking"),
        ("stages.yaml", "sojourn: [", "stages.yaml"),
        ("webhooks/shopify.yaml", "name: shopify", "webhooks/shopify.yaml"),
    ],
)
def test_what_cannot_stand_is_refused_before_anything_is_kept(
    shop, tmp_path, path, text, told
) -> None:
    folder = tmp_path / "docs"
    run("export", folder, "-w", shop)
    (folder / "segments" / "more.yaml").write_text(KEEN.replace("keen", "more"), "utf-8")
    (folder / path).write_text(text, "utf-8")
    (folder / "segments" / "looking.yaml").unlink()
    assert told in run("apply", folder, "-w", shop, code=2)
    documents = open_workspace(shop).documents
    assert documents.get("segment", "more") is None
    assert documents.get("stages", "main").version == 1


def test_stages_and_the_segments_that_name_them_change_together(shop, tmp_path) -> None:
    folder = tmp_path / "docs"
    run("export", folder, "-w", shop)
    (folder / "stages.yaml").write_text(STAGES.format(first="seen"), "utf-8")
    looking = folder / "segments" / "looking.yaml"
    looking.write_text(LOOKING.replace("stage: looking", "stage: seen"), "utf-8")
    done = changes("apply", folder, "-w", shop)
    assert [path for path, change in done.items() if change == "changed"] == [
        "stages.yaml", "segments/looking.yaml",
    ]  # fmt: skip


def test_one_that_is_not_followed_stops_nobody_and_comes_back(shop, tmp_path) -> None:
    documents = open_workspace(shop).documents
    set_active(documents, "looking", active=False, who="ann")
    apply_stages(documents, read_model(STAGES.format(first="seen")), who="ann")
    run("export", tmp_path / "docs", "-w", shop)
    assert set(changes("apply", tmp_path / "docs", "-w", shop).values()) == {"same"}
    open_workspace(tmp_path / "other", create=True)
    assert "4 documents kept" in run("apply", tmp_path / "docs", "-w", tmp_path / "other")
    good, others = countable(documents, kept_segments(documents))
    assert [each.segment.key for each in good] == ["keen"]
    assert "looking" in others["looking"].problem
    with pytest.raises(SegmentError):
        set_active(documents, "looking", active=True, who="ann")
    bad = KEEN.replace("keen", "bad").replace("{events", "{where: p matches '(', events")
    keep_segment(documents, read_segment(bad + "active: false\n"), who="ann")
    _, others = countable(documents, kept_segments(documents))
    assert sorted(others) == ["bad", "looking"]


def test_a_webhook_that_was_removed_is_new_again(shop, tmp_path) -> None:
    folder = tmp_path / "docs"
    run("export", folder, "-w", shop)
    remove_webhook(open_workspace(shop).documents, "shopify", who="ann")
    assert changes("apply", folder, "-w", shop)["webhooks/shopify.yaml"] == "new"
    kept = open_workspace(shop).documents.get("webhook", "shopify")
    assert (kept.version, bool(kept.body)) == (3, True)


def test_all_is_kept_or_nothing(shop, tmp_path) -> None:
    folder = tmp_path / "docs"
    run("export", folder, "-w", shop)
    (folder / "stages.yaml").write_text(STAGES.format(first="seen"), "utf-8")
    for key, text in (
        ("looking", LOOKING.replace("stage: looking", "stage: seen")),
        ("more", KEEN),
    ):
        changed = text.replace("keen", key)
        (folder / "segments" / f"{key}.yaml").write_text(changed, "utf-8")
    documents = open_workspace(shop).documents
    files = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*.yaml")
    }
    planned = plan(documents, files)
    keep_segment(documents, read_segment(KEEN.replace("keen", "more")), who="bob")
    with pytest.raises(OvertakenError, match="more"):
        apply(documents, planned, who="ann")
    assert documents.get("stages", "main").version == 1
    apply(documents, plan(documents, files), who="ann")
    assert documents.get("stages", "main").version == 2
    assert documents.get("segment", "looking").version == 2


def test_what_is_no_plain_file_is_refused(shop, tmp_path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "stages.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert "no plain file" in run("export", folder, "-w", shop, code=2)
    assert not (tmp_path / "elsewhere.yaml").exists()
    (folder / "stages.yaml").unlink()
    (folder / "segments").mkdir()
    (folder / "segments" / "keen.yml").write_text(KEEN, "utf-8")
    assert "? segments/keen.yml" in run("export", folder, "-w", shop)


def test_a_folder_without_documents_is_refused(shop, tmp_path) -> None:
    assert "has no documents" in run("apply", tmp_path / "none", "-w", shop, code=2)


def test_a_stage_model_that_stops_a_segment_is_not_applied(shop) -> None:
    documents = open_workspace(shop).documents
    with pytest.raises(SegmentError, match="looking"):
        apply_stages(documents, read_model(STAGES.format(first="seen")), who="ann")
    set_active(documents, "looking", active=False, who="ann")
    apply_stages(documents, read_model(STAGES.format(first="seen")), who="ann")
    bad = STAGES.format(first="seen") + "        where: p matches '('\n"
    with pytest.raises(InputError, match="regular expression"):
        apply_stages(documents, read_model(bad), who="ann")
