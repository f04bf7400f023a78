package dev.respite.failure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One fact that a throwable states about a failure. Immutable and safe for use by any number of threads.
 *
 * <p>A throwable may state several facts. The most significant comes first: for a throttled request of the AWS SDK,
 * {@link Condition#THROTTLED} precedes the status 400.
 */
public sealed interface FailureFact
        permits FailureFact.HttpStatus, FailureFact.SqlState, FailureFact.GrpcCode, FailureFact.Condition {

    /**
     * The server responded with this HTTP status.
     *
     * @param code the status, 100 to 599
     */
    record HttpStatus(int code) implements FailureFact {

        /**
         * Checks the status.
         *
         * @throws IllegalArgumentException if the code is not within 100 to 599
         */
        public HttpStatus {
            if (!isValid(code)) {
                throw new IllegalArgumentException(
                        "HTTP status " + code + ": a status is a number from 100 to 599; state no fact instead");
            }
        }

        /**
         * Returns whether a number is an HTTP status.
         *
         * @param code the number
         * @return true for 100 to 599
         */
        public static boolean isValid(int code) {
            return code >= 100 && code <= 599;
        }

        /**
         * Returns whether a status is transient by default: 408, 425, 429 and all of 5xx except 501, 505 and 511.
         *
         * @param code the status
         * @return true if a further attempt may get another status
         */
        public static boolean isTransient(int code) {
            return switch (code) {
                case 408, 425, 429 -> true;
                case 501, 505, 511 -> false;
                default -> code >= 500 && code <= 599;
            };
        }
    }

    /**
     * The database reported this error.
     *
     * @param state the SQLState, five characters where the driver follows the standard; empty if it has none
     * @param vendorCode the vendor's error code; 0 if there is none
     */
    record SqlState(String state, int vendorCode) implements FailureFact {

        /** MariaDB and MySQL: lock wait timeout, deadlock. Other vendors use these numbers with other states. */
        private boolean isLockFailureOfMariaDb() {
            return state.equals("HY000") && (vendorCode == 1205 || vendorCode == 1213);
        }

        /** H2: the connection is broken, the database was closed. Its states are its codes, and not of class 08. */
        private boolean isConnectionFailureOfH2() {
            return switch (vendorCode) {
                case 90067, 90098, 90121 -> state.equals(Integer.toString(vendorCode));
                default -> false;
            };
        }

        /** MariaDB with {@code innodb_snapshot_isolation}: the row has changed since the transaction first read it. */
        private boolean isSnapshotConflictOfMariaDb() {
            return state.equals("HY000") && vendorCode == 1020;
        }

        /** Oracle's own states, by the table of SQLSTATE codes in its manual of embedded SQL. No other vendor has them with its codes. */
        private boolean isOfOracle() {
            return state.startsWith("6") || state.equals("72000") || state.equals("99999");
        }

        /** Deadlocks (60, 4020), a resource that is busy (54, 4021, 30006), and a transaction that cannot be serialized (8177). */
        private boolean isLockFailureOfOracle() {
            return switch (vendorCode) {
                case 54, 60, 4020, 4021, 8177, 30006 -> isOfOracle();
                default -> false;
            };
        }

        /** A session that was killed or is not logged on, an instance that starts, stops or is away, a connection that was lost. */
        private boolean isConnectionFailureOfOracle() {
            return switch (vendorCode) {
                case 28, 1012, 1033, 1034, 1089, 3113, 3114, 3135 -> isOfOracle();
                default -> false;
            };
        }

        /**
         * {@return whether the connection failed or was refused: class 08, H2's 90067, 90098 and 90121 where state and vendor
         * code agree, and Oracle's 28, 1012, 1033, 1034, 1089, 3113, 3114 and 3135 with a state of Oracle's}
         */
        public boolean isConnectionFailure() {
            return state.startsWith("08") || isConnectionFailureOfH2() || isConnectionFailureOfOracle();
        }

        /** Returns whether the database reported a state or a code, which then decides, and not the class of the exception. */
        boolean isPresent() {
            return !state.isEmpty() || vendorCode != 0;
        }

        /**
         * {@return whether it is unknown if the statement or the transaction has taken effect: true for 40003 and 08007} A
         * further attempt may take effect twice.
         */
        public boolean isResultUnknown() {
            return state.equals("40003") || state.equals("08007");
        }

        /**
         * {@return whether the same transaction, run again as a whole, may succeed} This holds for serialization failures
         * (40001), deadlocks (40P01, DB2's 57033), lock timeouts (55P03, Derby's 40XL1 and 40XL2) and {@linkplain
         * #isConnectionFailure connection failures}, unless the {@linkplain #isResultUnknown result is unknown}. It also holds
         * for a rollback without another reason (40000, DB2's 40504), a server that shuts down or starts (57P01 to 57P03),
         * HY000 with the code 1020, 1205 or 1213 of MariaDB and MySQL, and Oracle's 54, 60, 4020, 4021, 8177 and 30006.
         */
        public boolean isTransient() {
            return switch (state) {
                case "40000", "40001", "40504", "40P01", "40XL1", "40XL2" -> true;
                case "55P03", "57033", "57P01", "57P02", "57P03" -> true;
                case "08007" -> false;
                default ->
                    isConnectionFailure()
                            || isLockFailureOfMariaDb()
                            || isSnapshotConflictOfMariaDb()
                            || isLockFailureOfOracle();
            };
        }

        /**
         * {@return whether a transaction whose commit failed with this state has certainly not taken effect, because the
         * database responded that it was rolled back} This holds for class 40 except 40003, violated constraints (class 23),
         * lock timeouts (55P03), and HY000 with the code 1205 or 1213 of MariaDB and MySQL. After any other state, as after a
         * broken connection, the transaction may have been committed.
         */
        public boolean provesRollback() {
            boolean isRollback = state.startsWith("40") && !state.equals("40003");
            return isRollback || state.startsWith("23") || state.equals("55P03") || isLockFailureOfMariaDb();
        }
    }

    /** The status code of a gRPC call that failed. */
    enum GrpcCode implements FailureFact {
        /** The call was cancelled, on either side. */
        CANCELLED,
        /** An error of another domain, or without a code. */
        UNKNOWN,
        /** An argument is wrong whatever the state of the server. */
        INVALID_ARGUMENT,
        /** The deadline passed before the call was complete. */
        DEADLINE_EXCEEDED,
        /** There is no such entity. */
        NOT_FOUND,
        /** The entity exists already. */
        ALREADY_EXISTS,
        /** The caller may not do this. */
        PERMISSION_DENIED,
        /** A quota or another resource is exhausted. */
        RESOURCE_EXHAUSTED,
        /** The server is not in the state that the call needs. */
        FAILED_PRECONDITION,
        /** A concurrent change won; the caller may repeat the whole of a read and its write. */
        ABORTED,
        /** Past the valid range. */
        OUT_OF_RANGE,
        /** The server does not have this method. */
        UNIMPLEMENTED,
        /** An invariant of the server is broken. */
        INTERNAL,
        /** The server is unavailable at present. */
        UNAVAILABLE,
        /** Data is lost or corrupt. */
        DATA_LOSS,
        /** The credentials are missing or wrong. */
        UNAUTHENTICATED;

        private static final GrpcCode[] ALL = values();

        /**
         * The code of a name.
         *
         * @param name the name in capitals, as gRPC writes it
         * @return the code; null for {@code OK} and for any name that is not a gRPC code
         */
        static @Nullable GrpcCode of(String name) {
            for (GrpcCode code : ALL) {
                if (code.name().equals(name)) {
                    return code;
                }
            }
            return null;
        }
    }

    /** A condition that has no code. */
    enum Condition implements FailureFact {
        /** Certainly no byte of the request was processed: no connection was made, or the peer refused the stream. */
        NOTHING_SENT,
        /** Time was up. Whether the request was processed is unknown. */
        TIMEOUT,
        /** The connection broke. Whether the request was processed is unknown. */
        CONNECTION_BROKEN,
        /** The caller cancelled the operation through its client. */
        CANCELLED,
        /** The server requires fewer requests. */
        THROTTLED,
        /** A database or its library states that the same transaction, run again as a whole, may succeed. */
        DATABASE_TRANSIENT,
        /** The library that threw it states that a further attempt may succeed. */
        TRANSIENT,
        /** A further attempt would fail in the same way: a wrong certificate, a violation of the protocol. */
        PERMANENT,
        /**
         * A layer below has retried this and given up, so retries of a call around it would multiply. Other facts state the
         * failure itself.
         */
        ALREADY_RETRIED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
