namespace FlowGpt.Grains.Reservations;

/// <summary>How much to reserve ahead.</summary>
/// <param name="Requests">Requests; zero reserves nothing.</param>
/// <param name="Tokens">Tokens; zero where no limit counts them.</param>
internal readonly record struct BlockSize(int Requests, long Tokens);
