package dev.respite.foresight;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.FleetSpec;
import dev.respite.policy.GrpcSpec;
import dev.respite.policy.TokenSpec;
import java.util.Arrays;

/**
 * The budgets of representative clients, in expected values. Calls have a mass: the expected number of calls of the client that
 * end so. Not thread-safe.
 */
interface ClientCredit {

    /** Calls succeed, after so many attempts and so long, in seconds. */
    void succeeded(int client, double mass, Success success, double now);

    /** Attempts time out. */
    default void failed(int client, double mass, int attempt) {}

    /** The mass of the retries that are granted to attempts that have timed out. */
    double take(int client, double mass, double now);

    /** How attempts succeed. */
    record Success(int attempt, double seconds) {}

    /** The model of a budget; {@code usualSeconds} is the response time of a target without a queue. */
    static ClientCredit of(BudgetSpec budget, int clients, FleetDemand demand, double usualSeconds) {
        if (budget instanceof TokenSpec tokens) {
            return new Bucket(tokens, filled(clients, tokens.capacity()));
        }
        if (budget instanceof FleetSpec fleet) {
            return new FleetCredit(fleet, clients, demand.timeoutSeconds(), usualSeconds);
        }
        if (budget instanceof GrpcSpec grpc) {
            return new Throttle(grpc, filled(clients, grpc.maxTokens()));
        }
        return new Unlimited();
    }

    private static double[] filled(int clients, double value) {
        double[] values = new double[clients];
        Arrays.fill(values, value);
        return values;
    }

    /** No budget. */
    record Unlimited() implements ClientCredit {
        @Override
        public void succeeded(int client, double mass, Success success, double now) {}

        @Override
        public double take(int client, double mass, double now) {
            return mass;
        }
    }

    /** A bucket of tokens: whole retries only. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bucket(TokenSpec spec, double[] tokens) implements ClientCredit {
        @Override
        public void succeeded(int client, double mass, Success success, double now) {
            double each =
                    success.attempt() == 1 ? spec.firstAttemptDeposit() : spec.afterRetryDeposit(ErrorKind.TIMEOUT);
            tokens[client] = Math.min(spec.capacity(), tokens[client] + mass * each);
        }

        @Override
        public double take(int client, double mass, double now) {
            double cost = spec.cost(ErrorKind.TIMEOUT);
            double granted =
                    Math.min(mass, mass > 1 ? Math.floor(tokens[client] / cost) : tokens[client] < cost ? 0 : 1);
            tokens[client] = Math.max(0, tokens[client] - granted * cost);
            return granted;
        }
    }

    /** Retries while more than half of the tokens are there. */
    @SuppressWarnings("ArrayRecordComponent")
    record Throttle(GrpcSpec spec, double[] tokens) implements ClientCredit {
        @Override
        public void succeeded(int client, double mass, Success success, double now) {
            tokens[client] = Math.min(spec.maxTokens(), tokens[client] + mass * spec.tokenRatio());
        }

        @Override
        public void failed(int client, double mass, int attempt) {
            tokens[client] = Math.max(0, tokens[client] - mass);
        }

        @Override
        public double take(int client, double mass, double now) {
            return tokens[client] > spec.maxTokens() / 2.0 ? mass : 0;
        }
    }
}
