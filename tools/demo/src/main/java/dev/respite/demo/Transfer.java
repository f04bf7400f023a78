package dev.respite.demo;

/** A transfer of money between two accounts, which must be executed once. Transfers are numbered from 0. */
record Transfer(int number, int from, int to, int amount) {

    static final String PATH = "/transfers/";

    /** Returns the path of the request. */
    String path() {
        return PATH + number;
    }

    /** Returns the body of the request. */
    String body() {
        return from + " " + to + " " + amount;
    }

    static Transfer of(String path, String body) {
        String[] fields = body.split(" ", -1);
        return new Transfer(
                numberOf(path), Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
    }

    static int numberOf(String path) {
        return Integer.parseInt(path.substring(PATH.length()));
    }
}
