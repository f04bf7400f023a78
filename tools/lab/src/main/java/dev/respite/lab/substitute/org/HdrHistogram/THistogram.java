package dev.respite.lab.substitute.org.HdrHistogram;

/** {@code org.HdrHistogram.Histogram}. */
public class THistogram extends TAbstractHistogram {

    public THistogram(long highestTrackableValue, int digits) {
        super(highestTrackableValue, digits);
    }
}
