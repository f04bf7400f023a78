package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.report.RowChart.Limit;
import dev.respite.sim.report.RowChart.Quantity;
import dev.respite.sim.report.RowChart.Row;
import dev.respite.sim.report.RowChart.Scale;
import dev.respite.sim.report.RowChart.Span;
import dev.respite.sim.report.RowChart.Time;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {

    @TempDir
    Path folder;

    private static Report report(String name, Map<String, RetryPolicy> policies) {
        Scenario scenario = BuiltIn.named(name).scenario();
        List<PolicySummary> summaries = Comparison.of(scenario, policies).run(() -> {});
        return Report.of(scenario, summaries, "the <table>");
    }

    @Test
    void files_areWellFormedAndSelfContained() throws Exception {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("a <b> & \"c\", d", RetryPolicy.defaults());
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        report("brownout", policies).write(folder);

        for (String chart : List.of("requests", "goodput", "queue", "budget")) {
            parse(Files.readString(folder.resolve(chart + ".svg")));
            parse(Files.readString(folder.resolve(chart + "-narrow.svg")));
        }
        String page = Files.readString(folder.resolve("report.html"));
        parse(page.replaceAll("<meta[^>]*>|<!DOCTYPE html>", ""));
        assertThat(page)
                .doesNotContain("src=", "href=", "<script", "@import", "url(")
                .contains("prefers-color-scheme: dark", "a &lt;b&gt; &amp; \"c\", d", "the &lt;table&gt;")
                .contains("arrivals: poisson 140/s", "max-attempts=1");
        assertThat(page.lines().filter(line -> line.contains(" id=")).toList()).doesNotHaveDuplicates();
    }

    private static void parse(String xml) throws Exception {
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void charts_withoutBudget_haveNoneOfIt() {
        assertThat(report("brownout", Map.of("off", RetryPolicy.parse("budget=off")))
                        .charts())
                .extracting(chart -> chart.quantity().id())
                .containsExactly("requests", "goodput", "queue");
    }

    @Test
    void charts_haveARowForEachPolicy_andOfBudgetsForThoseThatRetry() {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        policies.put("off", RetryPolicy.parse("budget=off"));
        policies.put("ours", RetryPolicy.defaults());
        Scenario scenario = Scenario.builder("small")
                .duration(Duration.ofSeconds(10))
                .service(Service.named("store").workers(2))
                .load(Load.even("store", 100))
                .fault(Fault.pause("store").at(Duration.ofSeconds(4)).duration(Duration.ofSeconds(2)))
                .build();
        List<PolicySummary> summaries = Comparison.of(scenario, policies).run(() -> {});
        List<RowChart> charts = Report.of(scenario, summaries, "").charts();

        assertThat(charts.subList(0, 3)).allSatisfy(chart -> {
            assertThat(chart.rows()).extracting(Row::name).containsExactly("none", "off", "ours");
            assertThat(chart.time()).isEqualTo(new Time(1, List.of(new Span(4, 6, "store: pause"))));
        });
        assertThat(charts.get(3).rows())
                .extracting(Row::name)
                .containsExactly("ours: ordinary errors", "ours: overload signals");
        assertThat(charts.get(0).quantity()).isEqualTo(new Quantity("requests", "Requests at 'store'", "/s"));
        assertThat(charts.get(0).scale().limit()).hasValue(new Limit(200, "capacity 200/s"));
        assertThat(charts.get(0).rows().get(0).values())
                .isEqualTo(summaries.get(0).series().requests());
        assertThat(charts.get(2).rows().get(0).values())
                .isEqualTo(summaries.get(0).series().queue());
    }

    /** All 1,000 clients retry at the same time, so one tenth of a second has the requests of all. */
    @Test
    void requests_ofBursts_areCountedInTenthsOfASecond() {
        RetryPolicy fixed = RetryPolicy.parse("max-attempts=3 backoff=fixed base-delay=1s jitter=none budget=off");
        RowChart chart =
                report("thundering-herd", Map.of("fixed", fixed)).charts().get(0);

        assertThat(chart.quantity().title()).endsWith("in each tenth of a second");
        assertThat(chart.time().binSeconds()).isEqualTo(0.1);
        assertThat(chart.rows().get(0).max()).isGreaterThanOrEqualTo(1_000);
        assertThat(chart.rows().get(0).values().stream().filter(count -> count > 0))
                .hasSizeLessThan(20);
    }

    /** Five calls at 0 and their retries after 1 s; the fault ends after 2 s, and a tenth more is shown. */
    @Test
    void requests_ofBursts_areShownUntilTheLastRequestOrFault() {
        RetryPolicy twice = RetryPolicy.parse("max-attempts=2 backoff=fixed base-delay=1s jitter=none budget=off");
        Scenario scenario = Scenario.builder("small")
                .duration(Duration.ofSeconds(20))
                .service(Service.named("store").workers(5).failures(1, 503))
                .load(Load.burst("store", 5, Duration.ofHours(1)))
                .fault(Fault.slow("store", 2).at(Duration.ofSeconds(1)).duration(Duration.ofSeconds(1)))
                .build();
        List<PolicySummary> summaries =
                Comparison.of(scenario, Map.of("twice", twice)).run(() -> {});
        List<Double> values =
                Report.of(scenario, summaries, "").charts().get(0).rows().get(0).values();

        assertThat(values).hasSize(22);
        for (int tenth = 0; tenth < 22; tenth++) {
            assertThat(values.get(tenth)).isEqualTo(tenth == 0 || tenth == 10 ? 5 : 0);
        }
    }

    private static RowChart chart(Scale scale, List<Row> rows) {
        Time time = new Time(1, List.of(new Span(1, 2, "outage")));
        return new RowChart(new Quantity("a", "Requests", "/s"), time, scale, rows);
    }

    @Test
    void svg_ofEachRow_goesFromZeroToTheCommonScale() {
        List<Row> rows = List.of(new Row("one", List.of(0.0, 100.0)), new Row("two", List.of(25.0, 25.0)));
        Scale scale = Scale.of(rows, Optional.of(new Limit(50, "capacity 50/s")));

        assertThat(chart(scale, rows).svg(RowChart.WIDE))
                .contains("Each row goes from 0 to 100/s; dashed: capacity 50/s.")
                .contains("outage from 1 to 2 s. one: at most 100/s. two: at most 25/s.")
                // A row is 72 high, and ends at 142 and 240.
                .contains("d=\"M8 142H8V142H378V70H748V142Z\"", "d=\"M8 240H8V222H748V240Z\"")
                .contains("<rect class=\"fault\" x=\"378.0\" y=\"70\" width=\"370.0\"");
    }

    /** The axis has 740 pixels from 8 on: 185 for each of the four seconds. */
    @Test
    void svg_ofAFaultAndALimit_drawsThemToScale() {
        List<Row> rows = List.of(new Row("one", List.of(100.0, 100.0, 0.0, 50.0)));
        Scale scale = new Scale(100, Optional.of(new Limit(50, "capacity 50/s")));
        Time time = new Time(1, List.of(new Span(2, 3, "outage")));
        String svg = new RowChart(new Quantity("a", "Requests", "/s"), time, scale, rows).svg(RowChart.WIDE);

        assertThat(svg)
                .contains("<rect class=\"fault\" x=\"378.0\" y=\"70\" width=\"185.0\" height=\"72\">")
                .contains("<line class=\"limit\" x1=\"8\" x2=\"748\" y1=\"106.0\" y2=\"106.0\"/>")
                .contains("d=\"M8 142H8V70H378V142H563V106H748V142Z\"")
                .contains("<line class=\"rule\" x1=\"8\" x2=\"748\" y1=\"142\" y2=\"142\"/>")
                .contains("<text class=\"soft\" x=\"748\" y=\"64\" text-anchor=\"end\">at most 100/s</text>");
        assertThat(svg.lines().filter(line -> line.endsWith(" s</text>")))
                .hasSize(9)
                .contains("<text class=\"soft\" x=\"8.0\" y=\"158\" text-anchor=\"start\">0 s</text>")
                .contains("<text class=\"soft\" x=\"285.5\" y=\"158\" text-anchor=\"middle\">1.5 s</text>")
                .contains("<text class=\"soft\" x=\"748.0\" y=\"158\" text-anchor=\"end\">4 s</text>");
    }

    @Test
    void scale_limitFarAboveTheRows_isNotDrawn() {
        List<Row> rows = List.of(new Row("one", List.of(100.0)));
        assertThat(Scale.of(rows, Optional.of(new Limit(1_000, "capacity"))))
                .isEqualTo(new Scale(100, Optional.empty()));
    }

    @Test
    void scale_ofBursts_cutsTheHighestRow() {
        List<Row> rows = List.of(
                new Row("one", List.of(6_000.0)), new Row("two", List.of(1_000.0)), new Row("three", List.of(113.0)));
        Scale scale = Scale.ofMedian(rows);

        assertThat(scale.top()).isEqualTo(1_000);
        assertThat(chart(scale, rows).svg(RowChart.WIDE)).contains("d=\"M8 142H8V70H748V142Z\"", "at most 6,000/s");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "1208, 1500", "3333, 4000", "0.07, 0.08", "9.5, 10"})
    void scale_isTheNextRoundNumber(double value, double rounded) {
        assertThat(RowChart.roundUp(value)).isEqualTo(rounded);
    }
}
