package consumer;

import dev.respite.*;
import dev.respite.durable.*;
import dev.respite.policy.*;
import java.net.*;
import java.sql.*;
import java.time.*;
import java.util.concurrent.*;
import org.h2.jdbcx.JdbcDataSource;

/** Prints: attempt 3 of order 17 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/durable.md
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:durable-payment;DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection(); Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
        }

        DurableTask<String> payment = DurableTask.of("payment", DataCodec.text());
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=unlimited base-delay=50ms max-delay=1h total-timeout=7d nested=retry"));
        CountDownLatch paid = new CountDownLatch(1);
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(50))
                .task(payment, retry, (order, context) -> {
                    System.out.println("attempt " + context.attempt().number() + " of " + order);
                    if (context.attempt().number() < 3) throw new ConnectException("the provider is down");
                    // provider.pay(order, context.key());
                    paid.countDown();
                })
                .build()) {
            durable.start();
            durable.queue().enqueue(payment, "order 17");
            paid.await();
        }
        // end
    }
}
