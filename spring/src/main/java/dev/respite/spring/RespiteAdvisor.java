package dev.respite.spring;

import org.aopalliance.aop.Advice;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;

/** Applies the advice to all methods of a bean that has retried ones; the advice finds out which these are. */
record RespiteAdvisor(Advice advice) implements PointcutAdvisor {

    @Override
    public Advice getAdvice() {
        return advice;
    }

    @Override
    public Pointcut getPointcut() {
        return Pointcut.TRUE;
    }
}
