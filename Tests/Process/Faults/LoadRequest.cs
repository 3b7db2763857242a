using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>One request of the load: the question, the expected answer and the actual one. Times are of <see cref="TimeProvider.System"/>.</summary>
internal sealed class LoadRequest
{
    private readonly List<long> _texts = [];

    public LoadRequest(string marker, string id, LoadKind kind, int words, int millisecondsPerWord)
    {
        Marker = marker;
        Id = id;
        Kind = kind;
        var text = string.Join(' ', Enumerable.Range(0, words).Select(i => string.Create(CultureInfo.InvariantCulture, $"{marker}x{i}")));
        Question = string.Create(CultureInfo.InvariantCulture, $"{text} [[sim: per={millisecondsPerWord}ms]]");
        Expected = $"Echo: {text}";
        Nominal = TimeSpan.FromMilliseconds((words + 1) * millisecondsPerWord);
        StartedAt = TimeProvider.System.GetTimestamp();
    }

    /// <summary>A text in every word of the question, and in no other request.</summary>
    public string Marker { get; }

    /// <summary>The <c>X-Request-Id</c>, which may be in logs.</summary>
    public string Id { get; }

    public LoadKind Kind { get; }

    /// <summary>The <c>Idempotency-Key</c>, by which a repeated request is recognised; null: the request has none.</summary>
    public string? IdempotencyKey { get; init; }

    public string Question { get; }

    /// <summary>The upstream's reply to the question.</summary>
    public string Expected { get; }

    /// <summary>How long the upstream takes for the reply.</summary>
    public TimeSpan Nominal { get; }

    public long StartedAt { get; }

    public long EndedAt { get; private set; }

    public LoadOutcome Outcome { get; private set; }

    /// <summary>The HTTP status; 0 when no answer came.</summary>
    public int Status { get; set; }

    /// <summary>The id of the response that came or began to come; null when none did.</summary>
    public string? ResponseId { get; set; }

    /// <summary>The prompt's tokens, by the answer.</summary>
    public int PromptTokens { get; set; }

    /// <summary>The reply's tokens, by the answer.</summary>
    public int CompletionTokens { get; set; }

    /// <summary>The error object's code, or the client's exception.</summary>
    public string? Error { get; private set; }

    /// <summary>When text came, for streams.</summary>
    public IReadOnlyList<long> Texts => _texts;

    public bool HasText => _texts.Count > 0;

    public bool IsOver => Outcome != LoadOutcome.Running;

    public bool IsServed => Outcome == LoadOutcome.Served;

    /// <summary>How much longer the request took than its upstream.</summary>
    public TimeSpan Delay => TimeProvider.System.GetElapsedTime(StartedAt, EndedAt) - Nominal;

    public bool StartedAfter(long time) => StartedAt >= time;

    /// <summary>Whether the request was running at that time.</summary>
    public bool Spans(long time) => StartedAt < time && (!IsOver || EndedAt > time);

    /// <summary>Whether the client had text of the reply by then.</summary>
    public bool HadTextAt(long time) => _texts.Count > 0 && _texts[0] <= time;

    public void NoteText() => _texts.Add(TimeProvider.System.GetTimestamp());

    public void End(LoadOutcome outcome, string? error = null)
    {
        EndedAt = TimeProvider.System.GetTimestamp();
        Error = error;
        Outcome = outcome;
    }

    public override string ToString() =>
        $"{Id} {Kind}: {Outcome} status {Status} {Error}, {_texts.Count} pieces, {ResponseId}, "
        + $"{TimeProvider.System.GetElapsedTime(StartedAt, EndedAt).TotalSeconds:0.0} s";
}
