// Counts the mutants of a module and fails below its limits. PIT's own score counts a time-out as found; here it is counted apart.
import groovy.xml.XmlSlurper

if (project.properties['mutation.off'] == 'true') return
def report = new File(project.build.directory, 'pit-reports/mutations.xml')
def all = new XmlSlurper().parse(report).mutation.collect {
    [status: it.@status.text(), type: it.mutatedClass.text(), method: it.mutatedMethod.text(), signature: it.methodDescription.text(),
     file: it.sourceFile.text(), line: it.lineNumber.text() as int, what: it.description.text()]
}

// Mutants that exist only in the byte code of Kotlin: PIT's own filter for Kotlin leaves them.
def sources = [:]
new File(project.basedir, 'src/main/kotlin').with { if (it.exists()) eachFileRecurse { f -> sources[f.name] = f.file ? f.readLines() : [] } }
def isKotlin = { it.file.endsWith('.kt') }
def byteCodeRules = [
    'state machine': { it.what =~ 'removed call to (kotlin/ResultKt::throwOnFailure|kotlin/coroutines/jvm/internal/|kotlinx/coroutines/CancellableContinuationImpl::initC)' },
    'returned Unit': { it.what.startsWith('replaced return value') &&
        (it.signature.endsWith(')Lkotlin/Unit;') || sources[it.file]?.getAt(it.line - 1)?.trim() == '}') }]
def mutants = all.findAll { mutant -> !isKotlin(mutant) || !byteCodeRules.values().any { it(mutant) } }
if (mutants.size() < all.size()) log.info("${all.size() - mutants.size()} mutants exist only in the byte code of Kotlin (${byteCodeRules.keySet().join(', ')})")

def percent = { found, of -> of == 0 ? 100 : (1000 * found).intdiv(of) / 10 }
def score = { some ->
    def counts = some.countBy { it.status }
    def late = counts.TIMED_OUT ?: 0
    def found = counts.KILLED ?: 0
    [percent: percent(found, some.size()),
     text   : "${some.size()} mutants, ${found} found, ${counts.SURVIVED ?: 0} survived, ${counts.NO_COVERAGE ?: 0} without coverage, " +
             "${late} timed out, ${some.size() - found - late - (counts.SURVIVED ?: 0) - (counts.NO_COVERAGE ?: 0)} ended otherwise"]
}
new File(project.build.directory, 'pit-reports/survivors.txt').text = mutants.findAll { it.status != 'KILLED' }
        .collect { "${it.status} ${it.type}.${it.method}:${it.line} ${it.what}" }.sort().join('\n') + '\n'

def low = []
def check = { name, some, limit ->
    def of = score(some)
    log.info("Mutation score of ${name}: ${of.percent} % (at least ${limit}): ${of.text}")
    if (of.percent < limit) low << "${name}: ${of.percent} %, at least ${limit} is required"
}
check(project.artifactId, mutants, project.properties['mutation.limit'] as int)
project.properties['mutation.pure'].tokenize(', ').each { pure ->
    check(pure, mutants.findAll { it.type.startsWith(pure + '.') || it.type == pure || it.type.startsWith(pure + '$') }, 90)
}
if (low) throw new RuntimeException("Mutation score too low. ${low.join('; ')}. The survivors are in target/pit-reports/survivors.txt")
