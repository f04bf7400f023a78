package dev.respite.cli.records;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The data of a call, as it is if it is printable text, else in hexadecimal. */
record CallData(boolean isText, String shown) {

    /** Returns the data as text if it is UTF-8 without control characters, which a terminal would obey. */
    static CallData of(byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            if (text.replace("\r\n", "\n").chars().noneMatch(CallData::isControl)) {
                return new CallData(true, text);
            }
        } catch (CharacterCodingException binary) {
            // Shown in hexadecimal.
        }
        return new CallData(false, HexFormat.of().formatHex(data));
    }

    private static boolean isControl(int character) {
        return Character.isISOControl(character) && character != '\n' && character != '\t';
    }
}
