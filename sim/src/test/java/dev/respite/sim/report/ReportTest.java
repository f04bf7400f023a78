package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.FailureSweep;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.conclusion.Conclusion;
import dev.respite.sim.occ.OptimisticLockingExperiment;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.io.ByteArrayInputStream;
import java.io.IOException;
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

class ReportTest {

    @TempDir
    Path folder;

    private List<PolicySummary> run(Map<String, RetryPolicy> policies) {
        return Comparison.of(BuiltIn.named("brownout").scenario(Map.of("lasting", "5s")), policies)
                .run(() -> {});
    }

    @Test
    void files_areWellFormedAndSelfContained() throws Exception {
        Scenario scenario = BuiltIn.named("brownout").scenario(Map.of("lasting", "5s"));
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("a <b> & \"c\", d", RetryPolicy.defaults());
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        Report.of(scenario, run(policies)).write(folder);
        for (String chart : List.of("requests", "goodput", "queue", "answers", "latency", "budget")) {
            parse(Files.readString(folder.resolve(chart + ".svg")));
            parse(Files.readString(folder.resolve(chart + "-narrow.svg")));
        }
        String page = Files.readString(folder.resolve("report.html"));
        parse(page.replaceAll("<meta[^>]*>|<input[^>]*>|<!doctype html>", ""));
        assertThat(page)
                .doesNotContain("src=", "href=", "<script", "@import", "url(")
                .contains("prefers-color-scheme: dark", "a &lt;b&gt; &amp; &quot;c&quot;, d", "<details>");
        assertThat(Files.readString(folder.resolve("summary.csv"))).contains("\"a <b> & \"\"c\"\", d\",");
        assertThat(Files.readString(folder.resolve("series.csv")).lines().count())
                .isEqualTo(1 + 2 * 95);
    }

    @Test
    void charts_areOfWhatThereIsToSee() {
        Map<String, RetryPolicy> off = Map.of("off", RetryPolicy.parse("budget=off"));
        assertThat(ids("brownout", off)).containsExactly("requests", "goodput", "queue", "answers", "latency");
        assertThat(ids("independent-failures", Map.of("respite", RetryPolicy.defaults())))
                .containsExactly("requests", "goodput", "answers", "latency", "budget", "amplification");
    }

    private static List<String> ids(String name, Map<String, RetryPolicy> policies) {
        Scenario scenario = BuiltIn.named(name).scenario();
        List<PolicySummary> summaries = Comparison.of(scenario, policies).run(() -> {});
        return Charts.of(scenario, summaries).stream().map(ReportFigure::id).toList();
    }

    @Test
    void amplification_goesFromOneToTheMostAttempts_withoutABudget() {
        Scenario scenario = BuiltIn.named("independent-failures").scenario();
        List<Double> attempts =
                FailureSweep.of(scenario).amplification(RetryPolicy.parse("budget=off"), Optional.empty(), 1);
        assertThat(attempts).isSorted().startsWith(1.0).endsWith(3.0).hasSize(11);
        assertThat(FailureSweep.of(scenario)
                        .amplification(RetryPolicy.defaults(), Optional.empty(), 1)
                        .get(10))
                .isLessThan(1.1);
    }

    @Test
    void page_saysWhatWasRun() {
        assertThat(page("brownout"))
                .contains("Calls to 'service': poisson 140/s, 10 clients, attempts time out after 1s.")
                .contains("Network: exponential 2ms each way.")
                .contains("'service': 10 workers, lognormal 48ms 0.6, queue of 200.")
                .contains("Fault: capacity to 50%, 'service', at 20s for 30s, repaired within 10s.");
        assertThat(page("rate-limit")).contains(", rate limit 100/s burst 10.");
        assertThat(page("tail")).contains(", hedged after 20ms.");
        assertThat(page("deep-stack")).contains(", calls 'middle'.").contains("Fault: errors of 100%, 'store'");
        assertThat(page("independent-failures")).contains(", failures 20% 500.");
        assertThat(page(BuiltIn.named("bad-replica").scenario(Map.of("eject", "ratio", "retries", "other"))))
                .contains("20 clients, attempts time out after 1s, balancer least-outstanding of all callers,"
                        + " retries to other replicas,"
                        + " ejection for 10s after failures (50% of 5 in 2s) of at most 50% of the replicas.");
        assertThat(page(BuiltIn.named("overload").scenario(Map.of("protection", "codel"))))
                .contains(", discipline codel 5ms 100ms.");
        assertThat(page(BuiltIn.named("overload").scenario(Map.of("protection", "aimd"))))
                .contains(", concurrency limit aimd 100ms from 10 by 0.9.");
        assertThat(page(BuiltIn.named("overload").scenario(Map.of("protection", "lifo"))))
                .contains(", newest first.");
    }

    @Test
    void page_saysWhatLayersHaveOfTheirOwn() {
        RetryPolicy own = RetryPolicy.parse("max-attempts=2");
        Balancer balancer = Balancer.of(Balancer.Choice.ROUND_ROBIN);
        Arrivals calls = new Arrivals.Even(5);
        String page = page(Scenario.builder("layers")
                .duration(Duration.ofSeconds(5))
                .service(Service.named("web")
                        .calls("store")
                        .sharingBudget()
                        .policy(own)
                        .balancer(balancer))
                .service(Service.named("store"))
                .load(Load.of(
                        "web",
                        List.of(
                                ClientGroup.of("users", calls),
                                ClientGroup.of("batch", calls).to("store").policy(own))))
                .build());
        assertThat(page.replace("&#39;", "'"))
                .contains("'users' even 5/s, one client;")
                .contains("'batch' even 5/s, one client, to 'store', always under the policy " + own + ".")
                .contains(", calls 'store' with one budget of all replicas, always under the policy " + own
                        + ", balancer round-robin.");
    }

    private static String page(String name) {
        return page(BuiltIn.named(name).scenario());
    }

    private static String page(Scenario scenario) {
        List<PolicySummary> summaries = Comparison.of(scenario, Map.of("none", RetryPolicy.parse("max-attempts=1")))
                .run(() -> {});
        return new ReportPage(scenario, summaries, List.of()).html();
    }

    private static void parse(String xml) throws Exception {
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void page_hasConclusionsCalmRunsAndStopReasons() {
        Scenario scenario = BuiltIn.named("brownout").scenario(Map.of("lasting", "5s"));
        Map<String, RetryPolicy> policies =
                new LinkedHashMap<>(BuiltIn.named("brownout").policies());
        List<PolicySummary> summaries = run(policies);
        String page = new ReportPage(scenario, summaries, List.of()).html();

        for (Conclusion conclusion : Conclusion.of(summaries)) {
            assertThat(page)
                    .contains("<b>" + conclusion.policy() + "</b> "
                            + conclusion.text().replace("'", "&#39;"));
        }
        assertThat(page)
                .contains("Without the fault, with random failures", ">5%<", ">20%<")
                .contains("Why calls ended", ">attempts exhausted<", ">budget exhausted<")
                .contains(">p99 all ms<", ">wasted ms<");
        assertThat(page("rate-limit")).doesNotContain("Without the fault");
    }

    @Test
    void tables_ofSeveralSeeds_haveTheRanges() {
        Scenario scenario = BuiltIn.named("rate-limit").scenario();
        List<PolicySummary> summaries = Comparison.of(scenario, Map.of("none", RetryPolicy.parse("max-attempts=1")))
                .seeds(1, 3)
                .run(() -> {});
        List<List<String>> rows = Tables.summary(scenario, summaries).rows();

        assertThat(rows).extracting(row -> row.get(1)).containsExactly("all", "least", "greatest");
        assertThat(rows.stream().map(row -> Double.parseDouble(row.get(4))).toList())
                .satisfies(success -> assertThat(success.get(0)).isBetween(success.get(1), success.get(2)))
                .doesNotHaveDuplicates();
    }

    @Test
    void moreLinesThanCanBeDistinguished_areRejected() {
        Map<String, RetryPolicy> many = new LinkedHashMap<>();
        for (int i = 0; i < 11; i++) {
            many.put("p" + i, RetryPolicy.parse("max-attempts=1"));
        }
        List<PolicySummary> summaries = run(many);
        assertThatThrownBy(() -> Report.of(BuiltIn.named("brownout").scenario(), summaries))
                .hasMessage("11 policies: a chart can show at most 10");
    }

    @Test
    void experiment_hasItsReport() throws IOException {
        OptimisticLockingReport.write(folder, List.of(OptimisticLockingExperiment.run("full", 5, 2, 1)), 2);
        assertThat(folder).isDirectoryContaining("glob:**/{report.html}");
        assertThat(Files.readString(folder.resolve("results.csv")))
                .startsWith("strategy,clients,mean time ms,mean calls\nfull,5,");
    }

    @Test
    void axis_marksRoundNumbers() {
        assertThat(new Axis(0, 150, 0, 1, false).marks(8))
                .containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 140.0);
        assertThat(new Axis(30, 700, 0, 1, true).marks(8)).containsExactly(50.0, 100.0, 200.0, 500.0);
        assertThat(Axis.roundUp(1_208)).isEqualTo(1_500);
        assertThat(Axis.label(100_000)).isEqualTo("100,000");
    }

    @Test
    void page_namesTheGroupsOfClients() {
        Scenario scenario = Scenario.builder("groups")
                .duration(Duration.ofSeconds(10))
                .service(Service.named("store").workers(4).serviceTime(Distribution.constant(Duration.ofMillis(10))))
                .load(Load.of(
                        "store",
                        List.of(
                                ClientGroup.of("web", new Arrivals.Poisson(100)).clients(20),
                                ClientGroup.of("batch", new Arrivals.Even(30))
                                        .clients(3)
                                        .clientsOrder(ClientGroup.Order.TURN))))
                .build();
        List<PolicySummary> summaries = Comparison.of(scenario, Map.of("none", RetryPolicy.parse("max-attempts=1")))
                .run(() -> {});
        assertThat(new ReportPage(scenario, summaries, List.of()).html())
                .contains("'web' poisson 100/s, 20 clients; 'batch' even 30/s, 3 clients in turn")
                .contains("What the groups did");
    }
}
