package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.ErrorRules.VerdictOverride;
import java.util.Optional;

/**
 * Attempts for each call in the long run, when attempts fail independently of each other with one probability.
 *
 * <p>The burst of a budget is not counted, since it is spent once.
 */
final class Amplification {

    private Amplification() {}

    static double attemptsPerCall(RetryPolicy policy, double failureRate, ErrorKind kind) {
        int attempts = maxAttempts(policy, kind);
        if (attempts == 1) {
            return 1;
        }
        double wanted =
                failureRate == 1 ? attempts - 1 : (1 - StrictMath.pow(failureRate, attempts)) / (1 - failureRate) - 1;
        return 1 + granted(policy.budget(), failureRate, wanted, kind);
    }

    /** The most attempts of a call all of whose attempts fail with this kind of error. */
    static int maxAttempts(RetryPolicy policy, ErrorKind kind) {
        Optional<VerdictOverride> override = policy.rules().overrides().byKind(kind);
        if (override.isPresent() && override.get() == VerdictOverride.STOP) {
            return 1;
        }
        int attempts = policy.limits().maxAttempts();
        return policy.rules()
                .rules()
                .byKind(kind)
                .map(rule -> rule.maxAttempts().orElse(attempts))
                .orElse(attempts);
    }

    private static double granted(BudgetSpec budget, double failureRate, double wanted, ErrorKind kind) {
        if (budget instanceof TokenSpec tokens) {
            return Math.min(wanted, funded(tokens, failureRate, kind));
        }
        if (budget instanceof FleetSpec) {
            return Math.min(wanted, earned(failureRate, kind));
        }
        if (budget instanceof GrpcSpec grpc) {
            // Once failures outweigh what successes bring, the bucket falls below half and stays there.
            return failureRate > (1 - failureRate) * grpc.tokenRatio() ? 0 : wanted;
        }
        return wanted;
    }

    /** In balance, after retries have helped: retries = successes·what each earns; all calls that succeed earn. */
    private static double earned(double failureRate, ErrorKind kind) {
        double perSuccess =
                kind.load() == ErrorKind.Load.OVERLOAD ? FleetSpec.OVERLOAD_REFILL : FleetSpec.TOKENS_PER_SUCCESS;
        double drain = 1 - (1 - failureRate) * perSuccess;
        return drain <= 0 ? Double.POSITIVE_INFINITY : (1 - failureRate) * perSuccess / drain;
    }

    /** In balance: retries·cost = first tries that succeed·their credit + retries that succeed·theirs. */
    private static double funded(TokenSpec tokens, double failureRate, ErrorKind kind) {
        double successRate = 1 - failureRate;
        double drain = tokens.cost(kind) - successRate * tokens.afterRetryDeposit(kind);
        return drain <= 0 ? Double.POSITIVE_INFINITY : successRate * tokens.firstAttemptDeposit() / drain;
    }
}
