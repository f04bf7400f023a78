package dev.respite.torture;

import java.util.Random;

/**
 * Money that is to go from one account to another, once.
 *
 * @param number which one this is, from 0
 * @param from the account that pays
 * @param to another account, that receives
 * @param amount how much
 * @param commitsByItself whether the bank's code commits it with a statement of its own, and fails after that
 */
record Transfer(int number, int from, int to, int amount, boolean commitsByItself) {

    static final String PATH = "/transfers";

    static Transfer draw(int number, Random random, int selfCommitPercent) {
        int from = random.nextInt(Bank.ACCOUNTS);
        int to = (from + 1 + random.nextInt(Bank.ACCOUNTS - 1)) % Bank.ACCOUNTS;
        return new Transfer(number, from, to, 1 + random.nextInt(100), random.nextInt(100) < selfCommitPercent);
    }

    /** What is posted. */
    String body() {
        return number + " " + from + " " + to + " " + amount + " " + commitsByItself;
    }

    static Transfer of(String body) {
        String[] words = body.split(" ", -1);
        return new Transfer(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Boolean.parseBoolean(words[4]));
    }
}
