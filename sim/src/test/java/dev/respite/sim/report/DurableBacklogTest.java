package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.DurableBacklog;
import dev.respite.sim.DurableBacklog.Setting;
import dev.respite.sim.report.RowChart.Limit;
import dev.respite.sim.report.RowChart.Quantity;
import dev.respite.sim.report.RowChart.Row;
import dev.respite.sim.report.RowChart.Scale;
import dev.respite.sim.report.RowChart.Span;
import dev.respite.sim.report.RowChart.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The section "After an outage" of docs/durable.md: its picture, and the figures that it names. With {@code
 * -Drespite.pictures=write} the picture is replaced.
 */
@Tag("slow")
class DurableBacklogTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final String POLICY =
            "max-attempts=unlimited base-delay=50ms max-delay=1h total-timeout=7d nested=retry";
    private static final String FIXED =
            "max-attempts=20 backoff=fixed base-delay=5s jitter=none total-timeout=7d budget=off";

    private static final int BIN = 5;
    private static final int SHOWN = 600;

    private static final DurableBacklog.Result DOCUMENTED = DurableBacklog.run(RetryPolicy.parse(POLICY));
    private static final DurableBacklog.Result COMPARED = DurableBacklog.run(RetryPolicy.parse(FIXED));

    @Test
    void budgetAndJitter_afterAnOutage_keepToTheCapacityOfTheTarget() {
        assertThat(DOCUMENTED.peak()).isLessThan(1.1 * Setting.DOCUMENTED.rate());
        assertThat(DOCUMENTED.failed()).isLessThan(Setting.DOCUMENTED.calls() / 200);
        assertThat(DOCUMENTED.deadLetters()).isZero();
        assertThat(COMPARED.peak()).isGreaterThan(5 * Setting.DOCUMENTED.rate());
        assertThat(COMPARED.failed()).isGreaterThan(4 * Setting.DOCUMENTED.calls());
    }

    @Test
    void document_namesTheFiguresOfTheSimulation() throws IOException {
        String document = Files.readString(DOCS.resolve("durable.md"));
        assertThat(document).contains(POLICY);
        assertThat(document.substring(document.indexOf("## After an outage")).replaceAll("\\s+", " "))
                .contains(
                        "at most " + number((int) DOCUMENTED.peak()) + " attempts a second follow, and "
                                + number(DOCUMENTED.failed()) + " attempts fail",
                        "Half of the calls are done " + minutes(DOCUMENTED.half()) + " minutes after the outage, all "
                                + minutes(DOCUMENTED.end()) + " minutes after it");
    }

    private static String number(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Whole minutes after the end of the outage, rounded up. */
    private static long minutes(Duration time) {
        return time.minusSeconds(DurableBacklog.OUTAGE_SECONDS).plusSeconds(59).toMinutes();
    }

    @Test
    void picture_isUpToDate() throws IOException {
        List<Row> rows = List.of(row("fixed delay, no budget", COMPARED), row("jitter and budget", DOCUMENTED));
        RowChart chart = new RowChart(
                new Quantity("durable-backlog", "Attempts of 100,000 durable calls", "/s"),
                new Time(BIN, List.of(new Span(0, DurableBacklog.OUTAGE_SECONDS, "outage"))),
                Scale.of(rows, Optional.of(new Limit(Setting.DOCUMENTED.rate(), "capacity 300/s"))),
                rows);
        assertUpToDate(chart.svg(RowChart.WIDE), "durable-backlog.svg");
        assertUpToDate(chart.svg(RowChart.NARROW), "durable-backlog-narrow.svg");
    }

    private static Row row(String name, DurableBacklog.Result result) {
        return new Row(
                name,
                IntStream.iterate(0, at -> at < SHOWN, at -> at + BIN)
                        .mapToObj(at -> result.rate(at, at + BIN))
                        .toList());
    }

    private static void assertUpToDate(String drawn, String picture) throws IOException {
        Path kept = DOCS.resolve("images").resolve(picture);
        if ("write".equals(System.getProperty("respite.pictures"))) {
            Files.writeString(kept, drawn);
        }
        assertThat(kept).as("write it by -Drespite.pictures=write").exists();
        assertThat(drawn)
                .as("docs/images/%s; draw it by -Drespite.pictures=write", picture)
                .isEqualTo(Files.readString(kept));
    }
}
