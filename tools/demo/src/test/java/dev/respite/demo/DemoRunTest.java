package dev.respite.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoRunTest {

    /** Transfers end in any order. */
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "50, 50", "99, 99", "100, 100"})
    void percentile_ofTransfersInAnyOrder_isTheTimeThatSoManyDidNotExceed(int percent, long expected) {
        long[] falling = LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray();
        assertThat(DemoRun.percentile(falling, percent)).isEqualTo(expected);
        assertThat(falling[0]).as("the times themselves keep their order").isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"50, 2", "99, 3"})
    void percentile_betweenTwoTransfers_isThatOfTheNext(int percent, long expected) {
        assertThat(DemoRun.percentile(new long[] {3, 1, 2}, percent)).isEqualTo(expected);
    }
}
