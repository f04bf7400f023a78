package dev.respite.lab;

import java.util.List;
import java.util.Optional;

/** A JSON value. */
public sealed interface Json {

    /** An object with its members in their order. */
    record Members(List<Member> members) implements Json {

        /**
         * The value of a name.
         *
         * @param name the name
         * @return its value
         */
        public Optional<Json> get(String name) {
            return members.stream()
                    .filter(member -> member.name().equals(name))
                    .map(Member::value)
                    .findFirst();
        }
    }

    /** A member of an object. */
    record Member(String name, Json value) {}

    /** An array. */
    record Elements(List<Json> elements) implements Json {}

    /**
     * A string, a number, true, false or null.
     *
     * @param text the string without quotes and escapes, or the literal as it is written
     */
    record Scalar(String text) implements Json {}
}
