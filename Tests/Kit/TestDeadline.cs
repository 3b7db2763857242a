namespace FlowGpt.Tests.Kit;

/// <summary>Makes a wait that would never end fail.</summary>
internal static class TestDeadline
{
    /// <summary>Cancelled long after any of these tests should be over; each use has its own.</summary>
    public static CancellationToken Token =>
        CancellationTokenSource
            .CreateLinkedTokenSource(
                TestContext.Current.CancellationToken,
                new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token
            )
            .Token;
}
