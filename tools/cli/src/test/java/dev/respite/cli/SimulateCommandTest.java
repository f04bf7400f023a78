package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.console.ExitCodes;
import dev.respite.sim.scenario.BuiltIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SimulateCommandTest {

    @TempDir
    Path folder;

    @Test
    void policies_areAddedToTheBuiltIn_orTakeTheirPlace() {
        JsonNode json = Cli.run(
                        "simulate",
                        "rate-limit",
                        "--policy",
                        "mine=max-attempts=2",
                        "--policy",
                        "naive=max-attempts=1",
                        "--json")
                .json();

        assertThat(json.get("runs"))
                .extracting(run -> run.get("policy").asString())
                .containsExactly("none", "naive", "respite", "mine");
        assertThat(SimulationJsonTest.runs(json)
                        .get("naive")
                        .get("amplification")
                        .asDouble())
                .isEqualTo(1);
    }

    @Test
    void only_choosesAndOrdersPolicies() {
        String[] args = {"simulate", "rate-limit", "--policy", "mine=", "--only", "mine,naive", "--only", "respite"};
        Cli.Run run = Cli.run(args);
        assertThat(run.out())
                .containsPattern("(?s)\nmine .*\nnaive .*\nrespite ")
                .doesNotContain("none", "Conclusions");
    }

    @Test
    void text_severalSeeds_hasRangeBelowEachPolicy() {
        assertThat(Cli.run("simulate", "rate-limit", "--seeds", "2", "--only", "none")
                        .out())
                .containsPattern("\nnone +81.*\n  least +[0-9.]+% .*\n  greatest +[0-9.]+% ");
    }

    @Test
    void text_scenarioWithFault_endsWithCalmRunAndConclusions() {
        String out =
                Cli.run("simulate", "outage-ride", "--only", "none,waiting").out();

        assertThat(out)
                .contains("Without the fault, with random failures at 'store', for 30 s:\n")
                .containsPattern("policy +succeeded at 5% +attempts/call +p99 all +succeeded at 20%")
                .contains("Conclusions, and the column that decides:\nnone     Baseline: without retries 88.76%")
                .containsPattern("waiting  Gain \\(succeeded\\): 97.53%");
    }

    @Test
    void print_builtIn_isYamlThatRunsTheSame() throws IOException {
        String[] settings = {"--set", "load=150", "--set", "lasting=5s"};
        String yaml = Cli.run(Stream.concat(Stream.of("simulate", "--print", "brownout"), Stream.of(settings))
                        .toArray(String[]::new))
                .out();
        Path file = Files.writeString(folder.resolve("printed.yaml"), yaml);

        assertThat(yaml).startsWith("name: brownout\nduration: 95s\n").contains("arrivals: poisson 150/s");
        assertThat(Cli.run("simulate", file.toString(), "--json").out())
                .isEqualTo(Cli.run(Stream.concat(Stream.of("simulate", "brownout", "--json"), Stream.of(settings))
                                .toArray(String[]::new))
                        .out());
        assertThat(Cli.run("simulate", file.toString(), "--print").out()).isEqualTo(yaml);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "thundering-herd",
                "pause",
                "brownout",
                "rate-limit",
                "deep-stack",
                "outage-ride",
                "bad-replica",
                "overload",
                "tail",
                "independent-failures"
            })
    void text_eachScenario_hasRowForEachPolicy(String scenario) {
        Cli.Run run = Cli.run("simulate", scenario, "--policy", "first=", "--policy", "second=max-attempts=1");

        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith(scenario + ": ").contains("\nnone ", "\nfirst ", "\nsecond ");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(run.stderr()).isEmpty();
    }

    @Test
    void set_setting_changesScenario() {
        JsonNode json = Cli.run(
                        "simulate", "pause", "--set", "utilisation=0.5", "--policy", "none=max-attempts=1", "--json")
                .json();
        assertThat(json.get("runs").get(0).get("recoverySeconds").asInt()).isZero();
        assertThat(json.get("runs").get(0).get("goodputBefore").asDouble())
                .isCloseTo(5, org.assertj.core.api.Assertions.within(0.1));
    }

    @Test
    void out_newFolder_getsReport() {
        Path report = folder.resolve("deep/report");
        Cli.Run run = Cli.run("simulate", "rate-limit", "--out", report.toString());

        assertThat(run.code()).isZero();
        assertThat(run.stderr()).contains("the report is in ");
        assertThat(report.resolve("report.html")).isNotEmptyFile();
        assertThat(report.resolve("requests.svg")).isNotEmptyFile();
        assertThat(report.resolve("goodput-narrow.svg")).isNotEmptyFile();
    }

    @Test
    void out_unwritable_exits23() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Cli.Run run = Cli.run("simulate", "rate-limit", "--out", file.toString());

        assertThat(run.code()).isEqualTo(ExitCodes.CANNOT_WRITE);
        assertThat(run.stderr()).contains("cannot write to " + file + ": it is not a directory");
        assertThat(run.out()).isEmpty();
        assertThat(Cli.run(
                                "simulate",
                                "rate-limit",
                                "--out",
                                file.resolve("below").toString())
                        .stderr())
                .contains("below: the directory cannot be created")
                .doesNotContain("Exception");
    }

    @Test
    void recovery_runEndsSoonAfterFault_isUnseen() throws IOException {
        Path file = Files.writeString(folder.resolve("brief.yaml"), """
                duration: 30s
                services: {a: {workers: 5}}
                load: {to: a, arrivals: even 20/s}
                faults:
                  - {down: a, at: 10s, for: 1s}
                """);
        Cli.Run brief = Cli.run("simulate", file.toString());
        assertThat(brief.out()).contains(" unseen ").doesNotContain("never");
        assertThat(brief.stderr()).contains("less than 20 s after its last fault");
        assertThat(Cli.run("simulate", file.toString(), "--set", "duration=31s").stderr())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--list"})
    void withoutScenario_listsScenariosWithSettings(String option) {
        Cli.Run run = option.isEmpty() ? Cli.run("simulate") : Cli.run("simulate", option);

        assertThat(run.code()).isZero();
        assertThat(run.stderr()).isEmpty();
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        String text = run.out().replaceAll("\\s+", " ");
        assertThat(BuiltIn.all())
                .allSatisfy(scenario -> assertThat(text).contains(" " + scenario.name() + " " + scenario.description()))
                .allSatisfy(scenario -> scenario.settings()
                        .forEach((key, value) -> assertThat(text).contains(" " + key + "=" + value)));
    }

    @Test
    void help_namesEachScenario() {
        String help = Cli.run("simulate", "--help").out();

        assertThat(BuiltIn.all()).allSatisfy(scenario -> assertThat(help).contains(scenario.name()));
        assertThat(help).contains("--list");
        assertThat(help.replaceAll("\\s+", " ")).contains("with 5 % and 20 % of the attempts failing by chance");
    }

    @Test
    void withoutScenario_butOptions_isWrongUsage() {
        Cli.Run run = Cli.run("simulate", "--json");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("there is no scenario", "'respite simulate --list'");
    }

    @Test
    void file_valid_isReadWithSettings() throws IOException {
        Path file = Files.writeString(
                folder.resolve("own.yaml"),
                "name: own\nduration: 5s\nservices:\n  a: {workers: 5}\nload: {to: a, arrivals: even 20/s}\n");
        JsonNode json = Cli.run("simulate", file.toString(), "--set", "load.arrivals=even 40/s", "--json")
                .json();

        assertThat(json.get("scenario").asString()).isEqualTo("own");
        assertThat(SimulationJsonTest.runs(json)).containsOnlyKeys("none", "naive", "respite");
        assertThat(json.get("runs").get(0).get("calls").asInt()).isEqualTo(200);
    }

    @Test
    void groups_inFile_areShownEach() throws IOException {
        Path file = Files.writeString(folder.resolve("groups.yaml"), """
                duration: 10s
                services: {store: {workers: 50}}
                load:
                  to: store
                  groups:
                    - {name: web, arrivals: even 40/s, clients: 5}
                    - {name: batch, arrivals: even 10/s}
                """);
        Cli.Run run = Cli.run("simulate", file.toString(), "--policy", "mine=", "--only", "mine");
        JsonNode json = Cli.run("simulate", file.toString(), "--policy", "mine=", "--only", "mine", "--json")
                .json();

        assertThat(run.out())
                .startsWith("groups.yaml: web even 40/s + batch even 10/s for 10 s, seed 1")
                .containsPattern("policy +group +calls +succeeded +attempts/call")
                .containsPattern("mine +web +400 +100.00% +1.00")
                .containsPattern("mine +batch +100 +100.00% +1.00");
        JsonNode batch = json.get("runs").get(0).get("groups").get(1);
        assertThat(batch.get("group").asString()).isEqualTo("batch");
        assertThat(batch.get("calls").asInt()).isEqualTo(100);
        assertThat(batch.get("succeeded").asInt()).isEqualTo(100);
        assertThat(batch.get("attempts").asInt()).isEqualTo(100);
        assertThat(Cli.run("simulate", "metastable", "--only", "none", "--json")
                        .json()
                        .get("runs")
                        .get(0)
                        .has("groups"))
                .isFalse();
    }

    @Test
    void file_invalid_isRejectedWithLine() throws IOException {
        Path file = Files.writeString(
                folder.resolve("own.yaml"), "services:\n  a: {wokers: 5}\nload: {to: a, arrivals: even 20/s}\n");
        Cli.Run run = Cli.run("simulate", file.toString());

        assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.stderr())
                .contains("own.yaml, line 2: unknown key 'wokers'; did you mean 'workers'?")
                .contains("The keys of a scenario file: docs/simulator.md.");
    }

    @Test
    void file_unreadable_isRejected() throws IOException {
        Path bytes = Files.write(folder.resolve("bytes.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThat(Cli.run("simulate", folder + "/").stderr()).contains(": it is a directory");
        assertThat(Cli.run("simulate", bytes.toString()).stderr()).contains("bytes.yaml: it is not text in UTF-8");
    }

    @Test
    void scenario_unknown_isRejectedWithKnownNames() {
        String said = Cli.run("simulate", "xyz").stderr();
        assertThat(said).contains("use one of thundering-herd, ", ", independent-failures");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-attempts=5 | --policy max-attempts=5: expected NAME=TEXT, such as mine='max-attempts=5'",
                "max-attempts=5 budget=off | --policy max-attempts=5 budget=off: expected NAME=TEXT",
                "on.503.max-attempts=5 | --policy on.503.max-attempts=5: expected NAME=TEXT",
                "mine | --policy mine: expected NAME=TEXT, such as mine='max-attempts=5'",
                "mine=jitter=nun | --policy mine: jitter"
            })
    void policy_invalid_isRejectedWithName(String policy, String message) {
        Cli.Run run = Cli.run("simulate", "metastable", "--policy", policy);

        assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.stderr()).contains(message).contains("The keys of a policy: 'respite explain --help'.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "metastabel | unknown scenario 'metastabel'; did you mean 'metastable'?",
                "no/such.yaml | no/such.yaml: there is no such file",
                "pause --set rat=3 | pause: unknown setting 'rat'; did you mean 'rate'?",
                "pause --set rate=fast | pause, rate: 'fast': expected a number such as 4 or 0.5",
                "pause --set rate | '--set' (KEY=VALUE) should be in KEY=VALUE format",
                "pause --policy a=max-atempts=3 | --policy a: unknown key 'max-atempts'; did you mean 'max-attempts'?",
                "pause --policy a= --policy a= | --policy a: it is given twice",
                "pause --seed x | '--seed': 'x' is not a long",
                "pause --seeds 0 | --seeds 0: expected a whole number from 1 to 10,000",
                "pause --only nona | --only nona: unknown policy 'nona'; did you mean 'none'?"
            })
    void commandLine_invalid_isRejectedWithRemedy(String arguments, String message) {
        String[] args = ("simulate " + arguments).split(" ");
        Cli.Run run = Cli.run(args);

        assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.stderr()).contains(message);
        assertThat(run.out()).isEmpty();
    }
}
