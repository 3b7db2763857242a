using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Cluster;

/// <summary>Sends a change to all active silos at once. A silo that does not answer soon reads the change itself, a few seconds later.</summary>
internal sealed class SiloBroadcast(SiloControlClient silos, IClusterMembershipService membership, TimeProvider time)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    public Task UseModels(AddedModels models) =>
        Task.WhenAll(
            membership
                .CurrentSnapshot.Members.Where(static member => member.Value.Status == SiloStatus.Active)
                .Select(member => Tell(member.Key, models))
        );

    private async Task Tell(SiloAddress silo, AddedModels models)
    {
        try
        {
            await silos.UseModels(silo, models).AsTask().WaitAsync(AnswerWithin, time);
        }
#pragma warning disable CA1031 // Each silo asks by itself too.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing to do: see above.
        }
    }
}
