namespace FlowGpt.Benchmarks.Load;

/// <summary>One of the users of a load: asks one question after the other on a connection of its own.</summary>
internal interface ILoadClient : IDisposable
{
    /// <summary>Connects, so that connecting is no part of what is measured.</summary>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Asks the question with this marker and reads the reply to its end.</summary>
    ValueTask<Sample> AskAsync(int marker, CancellationToken cancellationToken);
}
