package dev.respite.benchmarks.harm;

import dev.respite.benchmarks.harm.Cell.Traffic;
import dev.respite.benchmarks.harm.Cell.Work;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A random service with its clients and a policy.
 *
 * @param policyText the policy
 * @param clients the number of clients
 * @param rate calls a second of all clients
 * @param capacity requests a second that the service can serve
 * @param timeoutSeconds of an attempt
 */
record RandomSetting(String policyText, int clients, double rate, double capacity, double timeoutSeconds) {

    private static final List<String> BUDGETS =
            List.of("fleet", "fleet:clients=N", "off", "grpc:10/0.1", "success:0.5/20/10", "10%", "aws-2.0", "aws-2.1");
    private static final double MAX_CAPACITY = 300;
    private static final double MIN_CAPACITY = 5;

    /** More take too long to simulate. */
    private static final int MAX_CLIENTS = 50_000;

    /**
     * Draws settings by a seed. The service can serve 5 to 3,000 requests in one timeout of 0.2 to 10 s, and its first attempts take
     * 50 to 95 % of its capacity. A client calls every 0.05 s to 1 h. Two to five attempts.
     */
    static Stream<RandomSetting> draw(long seed) {
        Random random = new Random(seed);
        return Stream.generate(() -> draw(random))
                .filter(setting -> setting.capacity >= MIN_CAPACITY && setting.capacity <= MAX_CAPACITY)
                .filter(setting -> setting.clients >= 1 && setting.clients <= MAX_CLIENTS);
    }

    private static RandomSetting draw(Random random) {
        double inTimeout = logUniform(5, 3_000, random);
        double timeout = rounded(logUniform(0.2, 10, random));
        double capacity = rounded(inTimeout / timeout);
        double rate = rounded((0.5 + 0.45 * random.nextDouble()) * capacity);
        int clients = (int) Math.round(rate * logUniform(0.05, 3_600, random));
        String budget = BUDGETS.get(random.nextInt(BUDGETS.size())).replace("N", Integer.toString(clients));
        String policy = "max-attempts=" + (2 + random.nextInt(4)) + " budget=" + budget;
        return new RandomSetting(policy, clients, rate, capacity, timeout);
    }

    private static double logUniform(double least, double greatest, Random random) {
        return least * Math.exp(random.nextDouble() * Math.log(greatest / least));
    }

    private static double rounded(double value) {
        return Math.round(1_000 * value) / 1_000.0;
    }

    RetryPolicy policy() {
        return RetryPolicy.parse(policyText);
    }

    Duration timeout() {
        return Duration.ofNanos(Math.round(timeoutSeconds * 1e9));
    }

    /** Returns the requests that the service can serve in one timeout. */
    double inTimeout() {
        return capacity * timeoutSeconds;
    }

    /** Returns the cell of the grid with this setting; the policy declares the clients, if they are declared. */
    Cell cell(Outage outage) {
        int warmUp = (int) Math.max(40, Math.min(120, Math.ceil(3 * clients / rate)));
        Traffic traffic = new Traffic(warmUp, Work.EXPONENTIAL, false);
        return new Cell(outage, capacity, 3, timeoutSeconds, rate / capacity, clients, false, traffic);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s --clients %d --rate %s/s --capacity %s/s --timeout %ss",
                policyText,
                clients,
                rate,
                capacity,
                timeoutSeconds);
    }
}
