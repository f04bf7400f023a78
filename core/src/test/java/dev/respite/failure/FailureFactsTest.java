package dev.respite.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.io.EOFException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Facts by the service loader; this module's test resources name the two providers. */
class FailureFactsTest {

    /** A failure of a library that Respite does not know. */
    static final class TurbineException extends RuntimeException {
        final int status;

        TurbineException(int status) {
            this.status = status;
        }
    }

    /** A failure that the table knows otherwise. */
    static final class EndOfTurbine extends EOFException {}

    /** Its facts. */
    public static final class OfTurbines implements FailureFacts {
        @Override
        public List<FailureFact> of(Throwable failure) {
            if (failure instanceof EndOfTurbine) {
                return List.of(Condition.PERMANENT);
            }
            return failure instanceof TurbineException turbine ? List.of(new HttpStatus(turbine.status)) : List.of();
        }
    }

    /** A provider that throws whenever a turbine has failed with 599. */
    public static final class Faulty implements FailureFacts {
        @Override
        public List<FailureFact> of(Throwable failure) {
            if (failure instanceof UnsupportedOperationException) {
                throw new IllegalStateException("a bug");
            }
            return List.of();
        }
    }

    @Test
    void of_anInstalledProvider_isRead() {
        assertThat(FactReader.read(new TurbineException(503))).containsExactly(new HttpStatus(503));
        assertThat(RetryPolicy.defaults().classify(Outcome.failure(new RuntimeException(new TurbineException(503)))))
                .isEqualTo(Verdict.transientError(ErrorKind.ofStatus(503)));
    }

    @Test
    void of_anInstalledProvider_precedesTheTable() {
        assertThat(FactReader.read(new EndOfTurbine())).containsExactly(Condition.PERMANENT);
    }

    @Test
    void of_aProviderThatThrows_isNoFact() {
        assertThat(FactReader.read(new TurbineException(600))).isEmpty();
        assertThat(FactReader.read(new UnsupportedOperationException())).isEmpty();
    }
}
