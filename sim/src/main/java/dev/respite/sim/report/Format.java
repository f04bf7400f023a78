package dev.respite.sim.report;

/**
 * What a figure is drawn for. A narrow one is drawn anew, with fewer marks and text of the same size: a wide one that is
 * scaled to a phone cannot be read.
 */
enum Format {
    /** A page of 730 pixels or more. */
    WIDE(760, 240, 54),

    /** A phone: the width that a page of 320 pixels leaves. */
    NARROW(296, 190, 44);

    private final int width;
    private final int plotHeight;
    private final int rowHeight;

    Format(int width, int plotHeight, int rowHeight) {
        this.width = width;
        this.plotHeight = plotHeight;
        this.rowHeight = rowHeight;
    }

    int width() {
        return width;
    }

    int plotHeight() {
        return plotHeight;
    }

    int rowHeight() {
        return rowHeight;
    }

    /** The name of its class in HTML. */
    String type() {
        return this == WIDE ? "wide" : "narrow";
    }
}
