package dev.respite.benchmarks.stores;

/**
 * What is measured together.
 *
 * @param store the store
 * @param operation what is done
 * @param threads how many at a time
 * @param who Respite, or the floor's label
 */
record StoreRow(Store store, String operation, int threads, String who) {

    static final String RESPITE = "Respite";

    StoreRow respite() {
        return new StoreRow(store, operation, threads, RESPITE);
    }

    boolean isFloor() {
        return !who.equals(RESPITE);
    }

    @Override
    public String toString() {
        return store.label() + ", " + operation + ", " + threads + " threads, " + who;
    }
}
