package dev.respite.torture.run;

import java.util.Random;

/**
 * A transfer of money between two accounts, which must be executed once.
 *
 * @param number the number of the transfer, from 0
 * @param from the account that pays
 * @param to the other account, which receives
 * @param amount the amount
 * @param commitsByItself whether the bank's code commits it with a statement of its own, and then fails
 */
public record TransferOrder(int number, int from, int to, int amount, boolean commitsByItself) {

    /** The path of transfers at a worker. */
    public static final String PATH = "/transfers";

    /** Draws a transfer. */
    public static TransferOrder draw(int number, Random random, int selfCommitPercent) {
        int from = random.nextInt(Bank.ACCOUNTS);
        int to = (from + 1 + random.nextInt(Bank.ACCOUNTS - 1)) % Bank.ACCOUNTS;
        return new TransferOrder(number, from, to, 1 + random.nextInt(100), random.nextInt(100) < selfCommitPercent);
    }

    /** Returns the body of the request. */
    public String body() {
        return number + " " + from + " " + to + " " + amount + " " + commitsByItself;
    }

    /** Reads the body of a request. */
    public static TransferOrder of(String body) {
        String[] fields = body.split(" ", -1);
        return new TransferOrder(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[3]),
                Boolean.parseBoolean(fields[4]));
    }
}
