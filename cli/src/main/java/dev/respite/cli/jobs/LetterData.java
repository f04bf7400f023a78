package dev.respite.cli.jobs;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The data of a call as text.
 *
 * @param isText whether the data is printable text, and not in hexadecimal
 * @param shown the text
 */
record LetterData(boolean isText, String shown) {

    /** Returns the data as text if it is UTF-8 without control characters, which a terminal would obey. */
    static LetterData of(byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            if (text.chars().noneMatch(LetterData::isControl)) {
                return new LetterData(true, text);
            }
        } catch (CharacterCodingException binary) {
            // Shown in hexadecimal.
        }
        return new LetterData(false, HexFormat.of().formatHex(data));
    }

    private static boolean isControl(int character) {
        return Character.isISOControl(character) && character != '\n' && character != '\r' && character != '\t';
    }

    /** Returns a text of one line that a terminal prints and does not obey. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = 0; i < clean.length(); i++) {
            if (Character.isISOControl(clean.charAt(i))) {
                clean.setCharAt(i, ' ');
            }
        }
        return clean.toString();
    }
}
