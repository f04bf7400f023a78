package dev.respite.spring.boot.admission;

import dev.respite.admission.QueueTime;
import javax.management.ObjectName;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.coyote.AbstractProtocol;

/**
 * The threads of a connector, whose tasks are measured. Tomcat starts them before the connector and stops them after it, and reads
 * the numbers of busy and of current threads.
 */
final class MeasuredTomcatThreads extends StandardThreadExecutor {

    private final QueueTime queueTime;

    private MeasuredTomcatThreads(QueueTime queueTime) {
        this.queueTime = queueTime;
    }

    /** Returns threads with the sizes and the names that the connector's own would have. */
    static MeasuredTomcatThreads of(AbstractProtocol<?> protocol, QueueTime queueTime) {
        MeasuredTomcatThreads threads = new MeasuredTomcatThreads(queueTime);
        // Quoted, because it is part of the name of an MBean.
        threads.setName(protocol.getName());
        threads.setNamePrefix(ObjectName.unquote(protocol.getName()) + "-exec-");
        threads.setThreadPriority(protocol.getThreadPriority());
        threads.setMaxThreads(protocol.getMaxThreads());
        threads.setMinSpareThreads(protocol.getMinSpareThreads());
        threads.setMaxQueueSize(protocol.getMaxQueueSize());
        return threads;
    }

    @Override
    public void execute(Runnable task) {
        super.execute(queueTime.measure(task));
    }
}
