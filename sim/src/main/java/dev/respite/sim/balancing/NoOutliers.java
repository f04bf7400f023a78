package dev.respite.sim.balancing;

/** Nothing is ejected. */
record NoOutliers() implements Outliers {
    @Override
    public void advanceTo(long now) {}

    @Override
    public void record(int replica, boolean failed, long now) {}

    @Override
    public boolean isEjected(int replica, long now) {
        return false;
    }
}
