package dev.respite.durable;

import java.util.Optional;

/**
 * The place of a call in a sequence.
 *
 * @param sequence the name of the sequence
 * @param position the position, smaller than the positions of the calls behind it; empty for the end
 */
record SequencePlace(String sequence, Optional<Long> position) {

    static SequencePlace last(String sequence) {
        return new SequencePlace(sequence, Optional.empty());
    }
}
