using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>One request of the load: what it asks, what it must be answered, and what came. Times are of <see cref="TimeProvider.System"/>.</summary>
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

    /// <summary>In every word of the question, and in no other request.</summary>
    public string Marker { get; }

    /// <summary>Its <c>X-Request-Id</c>, which may be in logs.</summary>
    public string Id { get; }

    public LoadKind Kind { get; }

    /// <summary>By which the same request is known when it is sent again; null: it is not.</summary>
    public string? IdempotencyKey { get; init; }

    public string Question { get; }

    /// <summary>The upstream's reply to it.</summary>
    public string Expected { get; }

    /// <summary>What the upstream takes for it.</summary>
    public TimeSpan Nominal { get; }

    public long StartedAt { get; }

    public long EndedAt { get; private set; }

    public LoadOutcome Outcome { get; private set; }

    /// <summary>The HTTP status; 0 when there was none.</summary>
    public int Status { get; set; }

    /// <summary>The id of the response that it got, or began to get; null when it got none.</summary>
    public string? ResponseId { get; set; }

    /// <summary>What it was told that its prompt was.</summary>
    public int PromptTokens { get; set; }

    /// <summary>What it was told that its reply was.</summary>
    public int CompletionTokens { get; set; }

    /// <summary>The error object's code, or what the client met.</summary>
    public string? Error { get; private set; }

    /// <summary>When text came, for streams.</summary>
    public IReadOnlyList<long> Texts => _texts;

    public bool HasText => _texts.Count > 0;

    public bool IsOver => Outcome != LoadOutcome.Running;

    public bool IsServed => Outcome == LoadOutcome.Served;

    /// <summary>How much longer it took than its upstream.</summary>
    public TimeSpan Delay => TimeProvider.System.GetElapsedTime(StartedAt, EndedAt) - Nominal;

    public bool StartedAfter(long time) => StartedAt >= time;

    /// <summary>Whether it was under way at that time.</summary>
    public bool Spans(long time) => StartedAt < time && (!IsOver || EndedAt > time);

    /// <summary>Whether its client had seen text by then.</summary>
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
