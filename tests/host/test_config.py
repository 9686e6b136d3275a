"""The one configuration: three sources, every problem at once, no secret shown."""

from pathlib import Path

import pytest

from holdfast.host import keys
from holdfast.host.config import Config, load
from holdfast.host.declared import SETTINGS
from holdfast.host.errors import ConfigurationInvalid

LONG_KEY = "aB3-dE6_gH9.jK2-mN5_pQ8.sT1-vW4_yZ7.bC0-eF3_hI6.kL9"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state directory"


def given(state: Path, **variables: str) -> Config:
    return load({"HOLDFAST_STATE": str(state), **variables})


def problems(state: Path, **variables: str) -> dict[str, str]:
    with pytest.raises(ConfigurationInvalid) as raised:
        given(state, **variables)
    return {problem.setting: str(problem) for problem in raised.value.problems}


def write(state: Path, text: str) -> None:
    state.mkdir(parents=True, exist_ok=True)
    (state / "holdfast.toml").write_text(text)


def test_without_a_word_it_listens_on_loopback_and_runs_its_own_database(state: Path):
    config = given(state)
    assert (config.web.host, config.web.port, config.database.is_embedded) == ("127.0.0.1", 8000, True)
    assert config.database.app["USER"] == "holdfast_app"
    assert config.database.owner["USER"] == "holdfast_owner"


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(state: Path):
    write(state, "[web]\nport = 8010\nthreads = 4\n")
    config = given(state, HOLDFAST_WEB_PORT="8020")
    assert (config.web.port, config.web.threads, config.web.processes) == (8020, 4, 1)
    sources = {name: source for name, _, source in config.printable}
    assert sources["web.port"] == "HOLDFAST_WEB_PORT"
    assert sources["web.threads"].endswith("holdfast.toml")
    assert sources["web.processes"] == "default"


def test_all_problems_are_told_together_each_with_its_remedy(state: Path):
    write(state, "[web]\nprot = 1\n[log]\nlevel = 'loud'\n")
    found = problems(state, HOLDFAST_WEB_PORT="99999", HOLDFAST_WORKER_THREADS="many", HOLDFAST_DEBUG="yes")
    assert set(found) == {"web.prot", "log.level", "web.port", "worker.threads", "debug"}
    assert all(text.rstrip().endswith((".", "?")) for text in found.values())


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("HOLDFAST_WEB_PROT", "HOLDFAST_WEB_PORT"), ("HOLDFAST_LOGLEVEL", "HOLDFAST_LOG_LEVEL")],
)
def test_a_typing_error_in_a_variable_is_an_error_with_a_hint(state: Path, wrong: str, meant: str):
    assert meant in problems(state, **{wrong: "1"})[wrong]


def test_a_typing_error_in_the_file_is_an_error_with_a_hint(state: Path):
    write(state, "[worker]\nprocesess = 2\n")
    assert "worker.processes" in problems(state)["worker.procesess"]


def test_a_file_that_is_no_toml_is_named_with_the_place(state: Path):
    write(state, "[web\nport = 1")
    assert "line 1" in problems(state)["config"]


def test_a_file_that_was_named_must_be_there(state: Path, tmp_path: Path):
    assert "cannot be read" in problems(state, HOLDFAST_CONFIG=str(tmp_path / "elsewhere.toml"))["config"]


def test_a_place_that_only_the_environment_may_name_is_refused_in_the_file(state: Path):
    write(state, "state = '/somewhere'\n")
    assert "HOLDFAST_STATE" in problems(state)["state"]


def test_an_empty_variable_is_not_set(state: Path):
    assert given(state, HOLDFAST_WEB_PORT="").web.port == 8000


class TestWhatWouldBeUnsafe:
    def test_debug_is_refused(self, state: Path):
        """A-L6: internals on error pages are never a setting away."""
        assert "internals" in problems(state, HOLDFAST_DEBUG="true")["debug"]

    @pytest.mark.parametrize("key", ["hunter2", "a" * 60, "django-insecure"])
    def test_a_key_that_can_be_guessed_is_refused_and_not_shown(self, state: Path, key: str):
        told = problems(state, HOLDFAST_SECRET_KEY=key)["secret_key"]
        assert key not in told
        assert "••••" in told

    def test_a_master_key_of_another_length_is_refused_and_not_shown(self, state: Path):
        told = problems(state, HOLDFAST_MASTER_KEYS="YWJj")["master_keys"]
        assert "YWJj" not in told

    def test_any_host_name_is_refused_once_others_can_reach_it(self, state: Path):
        found = problems(
            state,
            HOLDFAST_WEB_ALLOWED_HOSTS="*",
            HOLDFAST_WEB_PUBLIC_URL="https://rooms.example.org",
            HOLDFAST_WEB_TRUSTED_PROXIES="1",
        )
        assert set(found) == {"web.allowed_hosts"}

    def test_any_host_name_may_be_believed_on_loopback(self, state: Path):
        assert "*" in given(state, HOLDFAST_WEB_ALLOWED_HOSTS="*").web.allowed_hosts

    def test_listening_beyond_loopback_needs_a_public_address(self, state: Path):
        assert set(problems(state, HOLDFAST_WEB_HOST="0.0.0.0")) == {"web.public_url"}

    def test_a_public_address_without_tls_is_refused(self, state: Path):
        found = problems(state, HOLDFAST_WEB_PUBLIC_URL="http://rooms.example.org")
        assert "readable" in found["web.public_url"]

    def test_https_without_a_named_proxy_is_refused(self, state: Path):
        """A secure cookie behind an unknown proxy: nobody would believe any header, or everybody's."""
        assert set(problems(state, HOLDFAST_WEB_PUBLIC_URL="https://rooms.example.org")) == {"web.trusted_proxies"}

    def test_the_owner_may_not_serve(self, state: Path):
        url = "postgresql://same:secret@db.example.org/holdfast"
        told = problems(state, DATABASE_URL=url, DATABASE_OWNER_URL=url)["database.url"]
        assert "secret" not in told
        assert "owner" in told

    def test_an_owner_without_an_app_is_refused(self, state: Path):
        assert "database.url" in problems(state, DATABASE_OWNER_URL="postgresql://holdfast_owner@db/holdfast")


class TestValues:
    @pytest.mark.parametrize("value", ["0", "-1", "65536", "8e3", "8000.0", "true", "٣"])
    def test_a_port_is_a_number_in_its_range(self, state: Path, value: str):
        assert "web.port" in problems(state, HOLDFAST_WEB_PORT=value)

    @pytest.mark.parametrize(
        "value", ["rooms.example.org", "ftp://x", "https://user:pass@x.example", "https://", "https://x.example?a=1"]
    )
    def test_a_public_address_is_a_plain_web_address(self, state: Path, value: str):
        found = problems(state, HOLDFAST_WEB_PUBLIC_URL=value, HOLDFAST_WEB_TRUSTED_PROXIES="1")
        assert "web.public_url" in found

    @pytest.mark.parametrize("value", ["mysql://x/y", "holdfast", "postgresql://a b/c d"])
    def test_a_database_is_an_address_of_postgresql(self, state: Path, value: str):
        assert "database.url" in problems(state, DATABASE_URL=value)

    def test_host_names_come_as_a_list_or_with_commas(self, state: Path):
        write(state, "[web]\nallowed_hosts = ['a.example.org', 'b.example.org']\n")
        assert {"a.example.org", "b.example.org"} <= set(given(state).web.allowed_hosts)
        assert "c.example.org" in given(state, HOLDFAST_WEB_ALLOWED_HOSTS="c.example.org, d").web.allowed_hosts

    def test_what_django_has_no_word_for_reaches_the_driver(self, state: Path):
        config = given(state, DATABASE_URL="postgresql://holdfast_app:pw@db/holdfast?sslmode=verify-full")
        assert config.database.app["OPTIONS"]["sslmode"] == "verify-full"
        assert config.database.app["PASSWORD"] == "pw"


class TestSecretsAreNotShown:
    def test_neither_in_the_list_nor_in_its_repr(self, state: Path):
        master = keys.new_master_key()
        config = given(
            state,
            HOLDFAST_SECRET_KEY=LONG_KEY,
            HOLDFAST_MASTER_KEYS=master,
            DATABASE_URL="postgresql://holdfast_app:hunter2@db/holdfast",
        )
        shown = repr(config) + repr(config.printable)
        assert not [secret for secret in (LONG_KEY, master, "hunter2") if secret in shown]
        assert {name: value for name, value, _ in config.printable}["secret_key"] == "••••"

    def test_every_setting_that_sounds_secret_is_one(self):
        sounds = ("key", "password", "secret", "url")
        open_by_design = {"web.public_url", "web.notices_url"}
        for setting in SETTINGS:
            if any(word in setting.name for word in sounds) and setting.name not in open_by_design:
                assert setting.secret, setting.name


class TestKeys:
    def test_they_are_made_once_and_only_their_owner_may_read_them(self, state: Path):
        first, second = given(state), given(state)
        assert first.secret_key == second.secret_key
        assert first.master_keys == second.master_keys
        assert len(first.secret_key) >= 50
        for file in (state / "keys").iterdir():
            assert file.stat().st_mode & 0o777 == 0o600

    def test_one_that_others_may_read_is_refused(self, state: Path):
        given(state)
        (state / "keys" / "master.keys").chmod(0o644)
        assert "chmod 600" in problems(state)["master_keys"]

    def test_a_lost_master_key_is_not_replaced_while_data_needs_it(self, state: Path):
        """A new key would look like a working installation whose connections cannot be opened."""
        given(state)
        (state / "postgres" / "data").mkdir(parents=True)
        (state / "postgres" / "data" / "PG_VERSION").write_text("18\n")
        (state / "keys" / "master.keys").unlink()
        assert "backup" in problems(state)["master_keys"]

    def test_nothing_is_made_while_a_setting_is_wrong(self, state: Path):
        problems(state, HOLDFAST_WEB_PORT="none")
        assert not (state / "keys").exists()

    def test_a_new_one_writes_and_the_old_one_still_reads(self, state: Path):
        old = given(state).master_keys[0]
        new = keys.new_master_key()
        keys.put_first(state, new)
        assert given(state).master_keys == (new, old)
        assert keys.drop_all_but_first(state) == 1
        assert given(state).master_keys == (new,)
