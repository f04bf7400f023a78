package dev.respite.durable.http;

import java.net.InetAddress;
import java.util.Arrays;

/** Recognizes addresses of the Internet: those that IANA's registries of special-purpose addresses leave. */
final class PublicAddress {

    /** 64:ff9b::/96, before an address of IPv4 that a gateway translates (RFC 6052). */
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private PublicAddress() {}

    /** Returns false for private, shared, loopback, link-local, multicast and reserved addresses, mapped ones too. */
    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? isPublic4(bytes) : isPublic6(bytes);
    }

    private static boolean isPublic4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        int third = bytes[2] & 0xff;
        return switch (first) {
            case 0, 10, 127 -> false;
            case 100 -> second < 64 || second > 127;
            case 169 -> second != 254;
            case 172 -> second < 16 || second > 31;
            case 192 -> second != 168 && (second != 0 || (third != 0 && third != 2));
            case 198 -> second != 18 && second != 19 && (second != 51 || third != 100);
            case 203 -> second != 0 || third != 113;
            default -> first < 224;
        };
    }

    /** Mapped addresses are outside of 2000::/3, from which all public ones are. */
    private static boolean isPublic6(byte[] bytes) {
        if (Arrays.equals(bytes, 0, TRANSLATED.length, TRANSLATED, 0, TRANSLATED.length)) {
            return isPublic4(Arrays.copyOfRange(bytes, TRANSLATED.length, bytes.length));
        }
        int first = group(bytes, 0);
        int second = group(bytes, 1);
        return switch (first) {
            // Teredo and other protocols of the IETF, documentation.
            case 0x2001 -> second > 0x1ff && second != 0xdb8;
            // 6to4, which contains an address of IPv4.
            case 0x2002 -> false;
            // Documentation.
            case 0x3fff -> second > 0xfff;
            default -> first >= 0x2000 && first < 0x4000;
        };
    }

    private static int group(byte[] bytes, int index) {
        return ((bytes[2 * index] & 0xff) << 8) | (bytes[2 * index + 1] & 0xff);
    }
}
