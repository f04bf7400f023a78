package dev.respite.durable;

import java.util.OptionalLong;

/**
 * Where a call stands in a sequence.
 *
 * @param sequence the name of the sequence
 * @param position the position, smaller than those of the calls behind it; empty for the end
 */
record SequencePlace(String sequence, OptionalLong position) {

    static SequencePlace last(String sequence) {
        return new SequencePlace(sequence, OptionalLong.empty());
    }
}
