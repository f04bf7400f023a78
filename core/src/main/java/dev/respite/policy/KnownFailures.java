package dev.respite.policy;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.failure.FailureFact.SqlState;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The default verdicts on the facts of a failure: the outermost fact that decides is the verdict. A fact that states trouble
 * with the connection to a service gives way to a cause that states more: that nothing was sent, or that time was up. gRPC's
 * {@code UNKNOWN} gives way to a broken connection, too: its client ends a call with that code if the connection closes in a write. An
 * SQLState of an unknown result overrides the classes of the exceptions around it.
 */
final class KnownFailures {

    /** No genuine chain is longer; a chain that runs in a circle ends here. */
    private static final int MAX_DEPTH = 1_000;

    private static final Verdict CONNECT = Verdict.transientError(ErrorKind.CONNECT);
    private static final Verdict BROKEN = Verdict.transientError(ErrorKind.IO);
    private static final Verdict TIMEOUT = Verdict.transientError(ErrorKind.TIMEOUT);
    private static final Verdict SQL = Verdict.transientError(ErrorKind.SQL);
    private static final Verdict RESULT_UNKNOWN = Verdict.fatal(StopReason.NOT_IDEMPOTENT, ErrorKind.SQL);

    private static final Map<Condition, Verdict> CONDITIONS = new EnumMap<>(Condition.class);
    private static final Map<GrpcCode, Verdict> CODES = new EnumMap<>(GrpcCode.class);
    private static final Verdict[] STATUSES =
            IntStream.rangeClosed(100, 599).mapToObj(KnownFailures::ofStatus).toArray(Verdict[]::new);

    static {
        for (Condition condition : Condition.values()) {
            @Nullable Verdict verdict = ofCondition(condition);
            if (verdict != null) {
                CONDITIONS.put(condition, verdict);
            }
        }
        for (GrpcCode code : GrpcCode.values()) {
            CODES.put(code, ofCode(code));
        }
    }

    private KnownFailures() {}

    /** The verdict on a failure before the policy's own rules; null where no fact decides. */
    static @Nullable Verdict verdict(Throwable failure) {
        @Nullable FailureFact first = null;
        @Nullable Verdict found = null;
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_DEPTH; depth++) {
            List<FailureFact> facts = FactReader.read(error);
            if (isResultUnknown(facts)) {
                return RESULT_UNKNOWN;
            }
            for (int i = 0; i < facts.size(); i++) {
                FailureFact fact = facts.get(i);
                @Nullable Verdict verdict = verdict(fact);
                if (verdict == null) {
                    continue;
                }
                if (first == null) {
                    if (!isGeneral(fact) && !isOfTheClass(fact)) {
                        return verdict;
                    }
                    first = fact;
                    found = verdict;
                } else if (isOfTheClass(first)) {
                    if (fact instanceof SqlState || verdict instanceof Verdict.Fatal) {
                        return found;
                    }
                } else if (verdict == CONNECT
                        || verdict == TIMEOUT
                        || (verdict == BROKEN && first == GrpcCode.UNKNOWN)) {
                    return verdict;
                }
            }
            error = error.getCause();
        }
        return found;
    }

    private static boolean isResultUnknown(List<FailureFact> facts) {
        for (int i = 0; i < facts.size(); i++) {
            if (facts.get(i) instanceof SqlState state && state.isResultUnknown()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether an exception states this by its class, which a cause with an unknown result overrides. */
    private static boolean isOfTheClass(FailureFact fact) {
        return fact == Condition.DATABASE_TRANSIENT || fact == Condition.TIMEOUT;
    }

    /** The kind of a verdict that is not "accept". */
    static ErrorKind kindOf(Verdict verdict) {
        return verdict instanceof Verdict.Transient error ? error.kind() : ((Verdict.Fatal) verdict).kind();
    }

    private static boolean isGeneral(FailureFact fact) {
        return fact == GrpcCode.UNAVAILABLE
                || fact == GrpcCode.UNKNOWN
                || (fact instanceof SqlState sql && sql.isConnectionFailure());
    }

    private static @Nullable Verdict verdict(FailureFact fact) {
        if (fact instanceof Condition condition) {
            return CONDITIONS.get(condition);
        }
        if (fact instanceof HttpStatus status) {
            return STATUSES[status.code() - 100];
        }
        if (fact instanceof GrpcCode code) {
            return CODES.get(code);
        }
        return ((SqlState) fact).isTransient() ? SQL : null;
    }

    private static @Nullable Verdict ofCondition(Condition condition) {
        return switch (condition) {
            case NOTHING_SENT -> CONNECT;
            case TIMEOUT -> TIMEOUT;
            case CONNECTION_BROKEN -> BROKEN;
            case CANCELLED -> Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled"));
            case THROTTLED -> Verdict.transientError(ErrorKind.THROTTLED);
            case DATABASE_TRANSIENT -> SQL;
            case TRANSIENT -> Verdict.transientError(ErrorKind.OTHER);
            case PERMANENT -> Verdict.fatal();
            case ALREADY_RETRIED -> null;
        };
    }

    private static Verdict ofStatus(int code) {
        ErrorKind kind = ErrorKind.ofStatus(code);
        return HttpStatus.isTransient(code) ? Verdict.transientError(kind) : Verdict.fatal(StopReason.FATAL, kind);
    }

    private static Verdict ofCode(GrpcCode code) {
        return switch (code) {
            case UNAVAILABLE -> Verdict.transientError(ErrorKind.overload(nameOf(code)));
            case DEADLINE_EXCEEDED -> TIMEOUT;
            case RESOURCE_EXHAUSTED -> Verdict.fatal(StopReason.FATAL, ErrorKind.THROTTLED);
            default -> Verdict.fatal(StopReason.FATAL, ErrorKind.of(nameOf(code)));
        };
    }

    /** The name of the kind of a gRPC code. */
    static String nameOf(GrpcCode code) {
        return "grpc-" + code.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
