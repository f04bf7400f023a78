package dev.respite.lab;

import java.util.List;
import java.util.Optional;

/** A JSON value, and the line where it begins, from 1. */
public sealed interface Json {

    /**
     * The line.
     *
     * @return where it begins, from 1
     */
    int line();

    /**
     * An object.
     *
     * @param line where it begins
     * @param members its members in their order; a name may be there twice
     */
    record Members(int line, List<Member> members) implements Json {

        /**
         * The value of a name.
         *
         * @param name the name
         * @return its first value
         */
        public Optional<Json> get(String name) {
            return members.stream()
                    .filter(member -> member.name().equals(name))
                    .map(Member::value)
                    .findFirst();
        }
    }

    /**
     * A member of an object.
     *
     * @param line where its name is
     * @param name its name
     * @param value its value
     */
    record Member(int line, String name, Json value) {}

    /**
     * An array.
     *
     * @param line where it begins
     * @param elements its elements
     */
    record Elements(int line, List<Json> elements) implements Json {}

    /**
     * A string, a number, true, false or null.
     *
     * @param line where it is
     * @param text the string without quotes and escapes, or the literal as it is written
     */
    record Scalar(int line, String text) implements Json {}
}
