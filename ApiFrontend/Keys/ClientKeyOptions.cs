namespace FlowGpt.ApiFrontend.Keys;

/// <summary>How a frontend judges client keys. Section <see cref="Section"/>.</summary>
public sealed class ClientKeyOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "FlowGpt:ClientKeys";

    /// <summary>
    /// How long what was read about a key is used, counted from before it was asked for: a revocation takes effect on every frontend within this time.
    /// </summary>
    /// <value>Default 0.75 s; 0 (ask for every request) to 1 s.</value>
    public TimeSpan CacheFor { get; set; } = TimeSpan.FromSeconds(0.75);

    /// <summary>How long a request waits to learn about its key before it is answered 503; it is never let in unjudged.</summary>
    /// <value>Default 5 s; 0.1 s to 1 min.</value>
    public TimeSpan LookupTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most keys, real or guessed, that are remembered at a time. More are judged all the same, each by a separate call.</summary>
    /// <value>Default 10,000; 100 to 1,000,000.</value>
    public int MaxRemembered { get; set; } = 10_000;

    /// <summary>Wrong keys from one address without consequence; after that each request from the address waits, unless its key was right before.</summary>
    /// <value>Default 5; 0 to 1000.</value>
    public int FreeWrongKeys { get; set; } = 5;

    /// <summary>
    /// The first pause between two tries of such an address; it doubles with each wrong key up to a minute. A request that would have to wait for more than
    /// 2 s is answered 429.
    /// </summary>
    /// <value>Default 0.25 s; 0.01 s to 1 min.</value>
    public TimeSpan WrongKeyPause { get; set; } = TimeSpan.FromSeconds(0.25);
}
