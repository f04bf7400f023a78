package consumer;

import dev.respite.idempotency.*;
import dev.respite.idempotency.jdbc.*;
import dev.respite.idempotency.store.*;
import java.sql.*;
import org.h2.jdbcx.JdbcDataSource;

/** Prints: Replayed */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/idempotency-stores.md
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection(); Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
            sql.execute("CREATE TABLE payments (amount integer)");
        }

        TransactionalIdempotency idempotency = TransactionalIdempotency.of(dataSource);
        IdempotentCall call = IdempotentCall.of(
                Scope.of("alice"), "POST /payments", IdempotencyKey.of("8e03978e-40d5-43dd-bc93-6894a57f9324"),
                Fingerprint.of("1", "100 EUR to bob".getBytes()));

        for (int i = 0; i < 2; i++) {
            IdempotentResult result = idempotency.execute(call, connection -> {
                try (Statement sql = connection.createStatement()) {
                    sql.execute("INSERT INTO payments VALUES (100)");
                }
                return StoredResponse.of("paid");
            });
            System.out.println(result.getClass().getSimpleName());
        }
        // end
    }
}
