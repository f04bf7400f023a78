package dev.respite.cli;

/**
 * Money that is to go from one account to another, once.
 *
 * @param number which of the transfers this is, from 0
 * @param from the account that pays
 * @param to the account that receives
 * @param amount how much
 */
record Transfer(int number, int from, int to, int amount) {

    static final String PATH = "/transfers/";

    /** Where the transfer is posted to. */
    String path() {
        return PATH + number;
    }

    /** What is posted. */
    String body() {
        return from + " " + to + " " + amount;
    }

    static Transfer of(String path, String body) {
        String[] words = body.split(" ", -1);
        return new Transfer(
                numberOf(path), Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }

    static int numberOf(String path) {
        return Integer.parseInt(path.substring(PATH.length()));
    }
}
