package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A short run of what {@code bin/fuzz} does at length. */
class ParserFuzzTest {

    @Test
    void run_thirtyThousandInputs_meetsNoExceptionButTheDocumentedOne() {
        // The same inputs each time: what only some seeds find is for the long run to find.
        ParserFuzz.Report report = ParserFuzz.run(30_000, 1);

        assertThat(report.policies() + report.hints() + report.dates()).isEqualTo(30_000);
        assertThat(report.refused())
                .as("both valid and refused policies are met")
                .isBetween(1_000L, 9_900L);
        assertThat(report.waits()).as("hints with a wait and without are met").isBetween(1_000L, 9_900L);
        assertThat(report.instants()).as("dates and what is none are met").isBetween(1_000L, 9_900L);
    }

    @Test
    void run_sameSeed_isTheSameRun() {
        assertThat(ParserFuzz.run(3_000, 7)).isEqualTo(ParserFuzz.run(3_000, 7));
    }
}
