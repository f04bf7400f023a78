package dev.respite.lab.substitute.org.HdrHistogram;

/** {@code org.HdrHistogram.PackedHistogram}. It needs no packing, since no histogram here has more counts than it uses. */
public final class TPackedHistogram extends THistogram {

    public TPackedHistogram(long highestTrackableValue, int digits) {
        super(highestTrackableValue, digits);
    }
}
