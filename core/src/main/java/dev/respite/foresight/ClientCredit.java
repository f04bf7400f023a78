package dev.respite.foresight;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import java.util.Arrays;

/**
 * The budgets of representative clients, in expected values. Calls have a mass: the expected number of calls of the client that
 * end so. Not thread-safe.
 */
interface ClientCredit {

    /** Calls begin. */
    default void started(int client, double mass, double now) {}

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
        if (budget instanceof BudgetSpec.Tokens tokens) {
            return new Bucket(tokens, filled(clients, tokens.capacity()));
        }
        if (budget instanceof BudgetSpec.Fleet fleet) {
            return new FleetCredit(fleet, clients, demand.timeoutSeconds(), usualSeconds);
        }
        if (budget instanceof BudgetSpec.Grpc grpc) {
            return new Throttle(grpc, filled(clients, grpc.maxTokens()));
        }
        if (budget instanceof BudgetSpec.Finagle finagle) {
            double window = finagle.window().toNanos() / 1e9;
            return new Window(finagle.ratio(), finagle.minPerSecond() * window, window, clients);
        }
        if (budget instanceof BudgetSpec.Ratio ratio) {
            double perCall = ratio.ratio() / (1 - ratio.ratio());
            return new Window(perCall, 0, BudgetSpec.Ratio.WINDOW.toSeconds(), clients);
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
    record Bucket(BudgetSpec.Tokens spec, double[] tokens) implements ClientCredit {
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
    record Throttle(BudgetSpec.Grpc spec, double[] tokens) implements ClientCredit {
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

    /** So many retries for each call of a window, and a floor; what is in the window is forgotten exponentially. */
    final class Window implements ClientCredit {
        private final double perCall;
        private final double floor;
        private final double window;
        private final double[] calls;
        private final double[] retries;
        private final double[] last;

        Window(double perCall, double floor, double window, int clients) {
            this.perCall = perCall;
            this.floor = floor;
            this.window = window;
            this.calls = new double[clients];
            this.retries = new double[clients];
            this.last = new double[clients];
        }

        private void advance(int client, double now) {
            double kept = StrictMath.exp(-(now - last[client]) / window);
            last[client] = now;
            calls[client] *= kept;
            retries[client] *= kept;
        }

        @Override
        public void started(int client, double mass, double now) {
            advance(client, now);
            calls[client] += mass;
        }

        @Override
        public void succeeded(int client, double mass, Success success, double now) {}

        @Override
        public double take(int client, double mass, double now) {
            advance(client, now);
            double left = perCall * calls[client] + floor - retries[client];
            double granted = Math.max(0, Math.min(mass, left));
            retries[client] += granted;
            return granted;
        }
    }
}
