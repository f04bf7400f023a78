package dev.respite.testsupport;

import java.util.List;
import java.util.SplittableRandom;

/** Inputs for parsers: valid ones with some of their tokens replaced, moved, doubled or left out, and now and then something very long. */
public final class SpoiltText {

    private final SplittableRandom random;

    public SpoiltText(SplittableRandom random) {
        this.random = random;
    }

    /** Returns a valid input, changed in a few places; now and then, noise. */
    public String of(List<String> valid, List<String> tokens) {
        StringBuilder text = new StringBuilder(random.nextInt(16) == 0 ? "" : pick(valid));
        int changes = random.nextInt(5);
        for (int i = 0; i < changes; i++) {
            change(text, valid, tokens);
        }
        return text.toString();
    }

    private void change(StringBuilder text, List<String> valid, List<String> tokens) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + random.nextInt(8));
        switch (random.nextInt(10)) {
            case 0 -> text.insert(at, pick(tokens));
            case 1 -> text.replace(at, end, pick(tokens));
            case 2 -> text.delete(at, end);
            case 3 -> text.insert(at, text.substring(at, end));
            case 4 -> flip(text, at);
            case 5 -> text.insert(at, (char) random.nextInt(0x10000));
            case 6 -> splice(text, pick(valid));
            case 7 -> swapWords(text, pick(valid));
            case 8 -> text.insert(at, ' ').insert(at + 1, pick(tokens));
            default -> lengthen(text, at, tokens);
        }
    }

    private void flip(StringBuilder text, int at) {
        if (at < text.length()) {
            text.setCharAt(at, (char) (text.charAt(at) ^ (1 << random.nextInt(8))));
        }
    }

    /** The beginning of one and the end of another. */
    private void splice(StringBuilder text, String other) {
        text.setLength(random.nextInt(text.length() + 1));
        text.append(other.substring(random.nextInt(other.length() + 1)));
    }

    /** Inserts random words of another text into this text. */
    private void swapWords(StringBuilder text, String other) {
        String[] pieces = text.toString().split(" ", -1);
        String[] others = other.split(" ", -1);
        pieces[random.nextInt(pieces.length)] = others[random.nextInt(others.length)];
        text.setLength(0);
        text.append(String.join(" ", pieces));
    }

    /** Rarely, since it takes long: thousands of one thing. */
    private void lengthen(StringBuilder text, int at, List<String> tokens) {
        int times = random.nextInt(50) == 0 ? 1 + random.nextInt(5_000) : 1 + random.nextInt(40);
        text.insert(at, pick(tokens).repeat(times));
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
