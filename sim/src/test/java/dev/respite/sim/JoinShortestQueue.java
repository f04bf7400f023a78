package dev.respite.sim;

/**
 * Two equal servers with a queue each, exponential times, Poisson arrivals, and each arrival joins the shorter queue. There is no
 * closed form: the balance equations of the Markov chain of both lengths are solved by iteration, up to {@value #MAX_LENGTH} in each.
 */
final class JoinShortestQueue {

    private static final int MAX_LENGTH = 60;

    /** Far more than the slowest, at a utilisation of 0.8, needs. */
    private static final int ROUNDS = 20_000;

    private JoinShortestQueue() {}

    /** The mean time in the system, waiting and served, in units of the mean service time. */
    static double meanStay(double utilisation) {
        double arrivals = 2 * utilisation;
        double[][] now = new double[MAX_LENGTH + 1][MAX_LENGTH + 1];
        now[0][0] = 1;
        for (int round = 0; round < ROUNDS; round++) {
            now = step(now, arrivals);
        }
        double inside = 0;
        for (int a = 0; a <= MAX_LENGTH; a++) {
            for (int b = 0; b <= MAX_LENGTH; b++) {
                inside += (a + b) * now[a][b];
            }
        }
        return inside / arrivals;
    }

    /** One step of the uniformised chain: an event comes at the rate of arrivals and both servers together. */
    private static double[][] step(double[][] now, double arrivals) {
        double all = arrivals + 2;
        double[][] next = new double[MAX_LENGTH + 1][MAX_LENGTH + 1];
        for (int a = 0; a <= MAX_LENGTH; a++) {
            for (int b = 0; b <= MAX_LENGTH; b++) {
                double here = now[a][b];
                double toA = a < b ? 1 : a > b ? 0 : 0.5;
                next[Math.min(MAX_LENGTH, a + 1)][b] += here * toA * arrivals / all;
                next[a][Math.min(MAX_LENGTH, b + 1)] += here * (1 - toA) * arrivals / all;
                next[Math.max(0, a - 1)][b] += here / all;
                next[a][Math.max(0, b - 1)] += here / all;
            }
        }
        return next;
    }
}
