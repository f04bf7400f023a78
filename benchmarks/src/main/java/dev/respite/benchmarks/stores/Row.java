package dev.respite.benchmarks.stores;

/**
 * What is measured together.
 *
 * @param store the store
 * @param operation what is done
 * @param threads how many at a time
 * @param who Respite, or the floor's label
 */
record Row(Store store, String operation, int threads, String who) {

    static final String RESPITE = "Respite";

    Row respite() {
        return new Row(store, operation, threads, RESPITE);
    }

    boolean isFloor() {
        return !who.equals(RESPITE);
    }

    @Override
    public String toString() {
        return store.label() + ", " + operation + ", " + threads + " threads, " + who;
    }
}
